import { describe, expect, it } from '@jest/globals';
import type { DependencyFacts, HyperVHostFacts } from '../../../src/domain/hyperv.ts';
import { textsIn } from '../../../src/texts/catalogue.ts';
import { subjectOf } from '../facts.ts';
import { DENIED, hyperVHost, LACKS, value, windowsSubject } from '../windows.ts';
import { findingOf, LIVE, type RowAt, STREAM } from './ask.ts';

const { dependencies } = hyperVHost('hv-a');
const needs = (changes: Partial<DependencyFacts>): Partial<HyperVHostFacts> => ({
  dependencies: { ...dependencies, ...changes },
});
const [V4, V6] = ['192.168.1.50', 'fe80::215:5dff:fe00:1'];

const DEPENDENCIES: readonly RowAt[] = [
  [
    'it is the only domain controller',
    { source: needs({ domainControllers: value([V4]) }) },
    'dependencies',
    'warning',
    'dependencies-live',
  ],
  [
    'it is the only domain controller and streamed',
    { source: needs({ domainControllers: value([V4]) }) },
    'dependencies',
    'warning',
    'dependencies-stop',
    STREAM,
  ],
  [
    'it is one of two domain controllers',
    { source: needs({ domainControllers: value([V4, '192.168.1.20']) }) },
    'dependencies',
    'ok',
    'dependencies-ok',
    STREAM,
  ],
  [
    'it is the only DNS server by two addresses',
    {
      target: needs({
        dnsServers: value([
          '::ffff:192.168.1.50',
          'FE80:0::215:5dff:fe00:1%12',
          'fec0:0:0:ffff::1',
        ]),
      }),
    },
    'dependencies',
    'warning',
    'dependencies-stop',
    STREAM,
  ],
  [
    'a host asks itself for names too',
    { target: needs({ dnsServers: value([V4, '127.0.0.1']) }) },
    'dependencies',
    'ok',
    'dependencies-ok',
  ],
  [
    'no DNS server was entered',
    { target: needs({ dnsServers: value(['fec0:0:0:ffff::1']) }) },
    'dependencies',
    'ok',
    'dependencies-ok',
  ],
  [
    'it is one of the gateways',
    { source: needs({ gateways: value(['192.168.1.254', V6]) }) },
    'dependencies',
    'warning',
    'dependencies-stop',
    STREAM,
  ],
  [
    'it has the store',
    { target: needs({ store: value(['192.168.1.99', V4]) }) },
    'dependencies',
    'blocker',
    'dependencies',
    STREAM,
  ],
  [
    'it has the bot',
    { source: needs({ bot: value([V4]) }) },
    'dependencies',
    'blocker',
    'dependencies',
    STREAM,
  ],
  [
    'it has the store and moves live',
    { target: needs({ store: value([V4]) }) },
    'dependencies',
    'warning',
    'dependencies-live',
  ],
  [
    'the store is on the host itself',
    {
      target: needs({ store: value(['127.0.0.1', '::1']) }),
      vmItself: { guest: { heartbeat: true, addresses: ['127.0.0.1', '::1', V4] } },
    },
    'dependencies',
    'ok',
    'dependencies-ok',
    STREAM,
  ],
  [
    'a part cannot be read',
    { source: needs({ bot: DENIED }) },
    'dependencies',
    'unknown',
    'dependencies-unknown',
  ],
  [
    'a part cannot be read, and it has the store',
    { source: needs({ bot: DENIED, store: value([V4]) }) },
    'dependencies',
    'blocker',
    'dependencies',
    STREAM,
  ],
  [
    'its addresses are not shown',
    { vmItself: { guest: { heartbeat: true, addresses: [] } } },
    'dependencies',
    'unknown',
    'dependencies-unknown',
  ],
  [
    'it is off',
    { vmItself: { state: 'Off', guest: { heartbeat: false, addresses: [] } } },
    'dependencies',
    'ok',
    'dependencies-ok',
  ],
];

describe('a VM that others need', () => {
  it.each(DEPENDENCIES)('when %s', (_, changes, check, severity, code, occasion = LIVE) => {
    expect(findingOf(check, windowsSubject(changes), occasion)).toMatchObject({ severity, code });
  });

  it('names all that a VM is, for whom, and what would stop', () => {
    const changes = needs({ domainControllers: value([V4]), gateways: value([V4]) });
    const finding = findingOf('dependencies', windowsSubject({ source: changes, target: changes }));
    expect(finding?.facts).toEqual({
      vm: 'dc02',
      roles: ['domain-controller', 'gateway'],
      hosts: ['hv-a', 'hv-b'],
    });
    if (!finding) throw new Error('The check does not apply');
    expect(textsIn('en')(finding).text).toContain('nobody can sign in anew');
    expect(textsIn('it')(finding).text).toContain("l'unico controller di dominio");
  });

  it('does not ask hosts that know nothing of it, nor those that are no Windows', () => {
    const lacking = needs({
      domainControllers: LACKS,
      dnsServers: LACKS,
      gateways: LACKS,
      store: LACKS,
      bot: LACKS,
    });
    const subject = windowsSubject({ source: lacking, target: lacking });
    expect(findingOf('dependencies', subject)).toBeUndefined();
    expect(findingOf('dependencies', subjectOf())).toBeUndefined();
  });
});
