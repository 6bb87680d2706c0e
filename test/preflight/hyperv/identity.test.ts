import { describe, expect, it } from '@jest/globals';
import { DENIED, hyperVHost, reachFacts, value, windowsSubject } from '../windows.ts';
import {
  both,
  CREDSSP,
  findingOf,
  knownOf,
  migrating,
  OTHER_MODEL,
  processor,
  type Row,
  workingAs,
} from './ask.ts';

const delegation = knownOf(hyperVHost('hv-a').delegation);
const back = knownOf(hyperVHost('hv-b').delegation);
const inDomain = (name: string, trusted: readonly string[] = []) => ({
  domain: value({ joined: true, name, trusted }),
});
const COMPATIBLE = {
  processor: value({
    compatibleForMigration: true,
    exposesVirtualization: false,
    countPerNumaNodeMax: 16,
  }),
};

const IDENTITY: readonly Row[] = [
  [
    'a host is Windows Server 2008 R2',
    { target: { build: value(7601) } },
    'hyperv-role',
    'blocker',
    'windows-too-old',
  ],
  [
    'a host has no Hyper-V',
    { target: { role: value({ installed: false, serviceRunning: false }) } },
    'hyperv-role',
    'blocker',
    'hyperv-role',
  ],
  [
    'the service of a host stands still',
    { source: { role: value({ installed: true, serviceRunning: false }) } },
    'hyperv-role',
    'blocker',
    'hyperv-service',
  ],
  [
    'the builds differ',
    { target: { build: value(17763) } },
    'hyperv-role',
    'warning',
    'windows-builds-differ',
  ],
  [
    'one build is too old and the other unread',
    { source: { build: DENIED }, target: { build: value(7601) } },
    'hyperv-role',
    'blocker',
    'windows-too-old',
  ],
  [
    'the target has migration disabled',
    { target: migrating({ enabled: false }) },
    'migration-enabled',
    'blocker',
    'migration-enabled',
  ],
  [
    'the source has migration disabled',
    { source: migrating({ enabled: false }) },
    'migration-enabled',
    'blocker',
    'migration-enabled',
  ],
  [
    'one is disabled and the other unread',
    { source: { migration: DENIED }, target: migrating({ enabled: false }) },
    'migration-enabled',
    'blocker',
    'migration-enabled',
  ],
  [
    'the target has an AMD processor',
    { target: { processor: value({ ...processor, manufacturer: 'AuthenticAMD' }) } },
    'processor-vendor',
    'blocker',
    'processor-vendor',
  ],
  ['the models differ', { target: OTHER_MODEL }, 'processor-model', 'warning', 'processor-model'],
  [
    'the microcode family differs alone',
    { target: { processor: value({ ...processor, revision: 1 }) } },
    'processor-model',
    'warning',
    'processor-model',
  ],
  [
    'the models differ and the VM is compatible',
    { target: OTHER_MODEL, vm: COMPATIBLE },
    'processor-model',
    'ok',
    'processor-model-ok',
  ],
  [
    'the models differ and the setting is unread',
    { target: OTHER_MODEL, vm: { processor: DENIED } },
    'processor-model',
    'unknown',
    'processor-model-unknown',
  ],
  [
    'a host is in a workgroup',
    { target: { domain: value({ joined: false, name: 'WORKGROUP', trusted: [] }) } },
    'domain',
    'blocker',
    'domain',
  ],
  [
    'the domains do not trust each other',
    { target: inDomain('other.example') },
    'domain',
    'blocker',
    'domain-trust',
  ],
  [
    'the domains trust each other',
    { target: inDomain('other.example', ['CORP.example']) },
    'domain',
    'warning',
    'domains-differ',
  ],
  [
    'the domain is written in other letters',
    { target: inDomain('CORP.EXAMPLE') },
    'domain',
    'ok',
    'domain-ok',
  ],
  [
    'the modes differ',
    { target: CREDSSP },
    'migration-authentication',
    'blocker',
    'credssp-service',
  ],
  [
    'the modes differ and somebody is at the console',
    { source: workingAs({ isService: false }), target: CREDSSP },
    'migration-authentication',
    'blocker',
    'migration-authentication',
  ],
  [
    'both use CredSSP and the worker is a service',
    both(CREDSSP),
    'migration-authentication',
    'blocker',
    'credssp-service',
  ],
  [
    'both use CredSSP with somebody at the console',
    both({ ...CREDSSP, ...workingAs({ isService: false }) }),
    'migration-authentication',
    'ok',
    'migration-authentication-ok',
  ],
  [
    'Credential Guard stops CredSSP',
    {
      source: { ...CREDSSP, ...workingAs({ isService: false }) },
      target: { ...CREDSSP, credentialGuard: value(true) },
    },
    'migration-authentication',
    'blocker',
    'credssp-credential-guard',
  ],
  [
    'Credential Guard is unread under CredSSP',
    both({ ...CREDSSP, ...workingAs({ isService: false }), credentialGuard: DENIED }),
    'migration-authentication',
    'unknown',
    'migration-authentication-unknown',
  ],
  [
    'the account is unread under CredSSP',
    both({ ...CREDSSP, account: DENIED }),
    'migration-authentication',
    'unknown',
    'migration-authentication-unknown',
  ],
  [
    'Credential Guard runs under Kerberos',
    both({ credentialGuard: value(true) }),
    'migration-authentication',
    'ok',
    'migration-authentication-ok',
  ],
  [
    'the account is no administrator of the source',
    { source: workingAs({ isAdministrator: false }) },
    'worker-account',
    'blocker',
    'worker-account',
  ],
  [
    'the account is no administrator of the target',
    { target: workingAs({ isAdministrator: false }) },
    'worker-account',
    'blocker',
    'worker-account',
  ],
  [
    'the account is a Hyper-V administrator of both',
    both(workingAs({ isAdministrator: false, isHyperVAdministrator: true })),
    'worker-account',
    'ok',
    'worker-account-ok',
  ],
  [
    'the account is sensitive',
    { source: workingAs({ cannotBeDelegated: true }) },
    'worker-account',
    'warning',
    'account-not-delegable',
  ],
  [
    'the workers have other accounts and the share opens',
    { target: workingAs({ name: 'HV-B\\ferry' }) },
    'worker-account',
    'ok',
    'worker-account-ok',
  ],
  [
    'the workers have other accounts and nothing proves the right',
    {
      source: { reach: reachFacts('hv-a', { adminShare: DENIED }) },
      target: workingAs({ name: 'HV-B\\ferry' }),
    },
    'worker-account',
    'unknown',
    'worker-account-unknown',
  ],
];

const SERVICE = 'Microsoft Virtual System Migration Service';
const allowing = (allowedTo: readonly string[], anyProtocol = true) => ({
  delegation: value({ allowedTo, anyProtocol }),
});
const without = (entry: string) => allowing(delegation.allowedTo.filter((one) => one !== entry));

/** Both names of both services, in whatever letters. */
const DELEGATION: readonly Row[] = [
  [
    'cifs is lacking by the short name',
    { source: without('cifs/hv-b') },
    'delegation',
    'blocker',
    'delegation',
  ],
  [
    'cifs is lacking by the full name',
    { source: without('cifs/hv-b.corp.example') },
    'delegation',
    'blocker',
    'delegation',
  ],
  [
    'the migration service is lacking by the short name',
    { source: without(`${SERVICE}/hv-b`) },
    'delegation',
    'blocker',
    'delegation',
  ],
  [
    'the migration service is lacking by the full name',
    { source: without(`${SERVICE}/hv-b.corp.example`) },
    'delegation',
    'blocker',
    'delegation',
  ],
  [
    'the entries are written in other letters',
    { source: allowing(delegation.allowedTo.map((one) => one.toUpperCase())) },
    'delegation',
    'ok',
    'delegation-ok',
  ],
  [
    'the entries are of another host',
    { source: allowing(back.allowedTo) },
    'delegation',
    'blocker',
    'delegation',
  ],
  [
    'Kerberos alone may be used',
    { source: allowing(delegation.allowedTo, false) },
    'delegation',
    'blocker',
    'delegation',
  ],
  [
    'Kerberos alone may be used and the build is unread',
    { source: { ...allowing(delegation.allowedTo, false), build: DENIED } },
    'delegation',
    'blocker',
    'delegation',
  ],
  [
    'Kerberos alone may be used by 2012 R2',
    { source: { ...allowing(delegation.allowedTo, false), build: value(9600) } },
    'delegation',
    'ok',
    'delegation-ok',
  ],
  [
    'the way back is closed',
    { target: allowing([]) },
    'delegation-back',
    'warning',
    'delegation-back',
  ],
  [
    'the way back is closed, the way there',
    { target: allowing([]) },
    'delegation',
    'ok',
    'delegation-ok',
  ],
  [
    'the way there is closed, the way back',
    { source: allowing([]) },
    'delegation-back',
    'ok',
    'delegation-back-ok',
  ],
  [
    'the way back is unread',
    { target: { delegation: DENIED } },
    'delegation-back',
    'unknown',
    'delegation-back-unknown',
  ],
];

describe('the identity of two hosts', () => {
  it.each(IDENTITY)('when %s', (_, changes, check, severity, code) => {
    expect(findingOf(check, windowsSubject(changes))).toMatchObject({ severity, code });
  });

  it.each(DELEGATION)('G.7 of delegation, when %s', (_, changes, check, severity, code) => {
    expect(findingOf(check, windowsSubject(changes))).toMatchObject({ severity, code });
  });
});
