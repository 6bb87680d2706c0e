import { describe, expect, it } from '@jest/globals';
import type { ReachFacts } from '../../../src/domain/hyperv.ts';
import {
  DENIED,
  hyperVHost,
  LACKS,
  netAdapter,
  reachFacts,
  value,
  windowsSubject,
} from '../windows.ts';
import { both, findingOf, knownOf, migrating, type Row } from './ask.ts';

const [lan] = knownOf(hyperVHost('hv-b').switches);
const network = windowsSubject().source.networks[0];
if (!lan || !network) throw new Error('The healthy hosts have a switch and a network');

const cardOf = (name: string, changes: Parameters<typeof netAdapter>[0]) => ({
  adapters: value([
    netAdapter({ addresses: [name === 'hv-a' ? '10.0.9.1/24' : '10.0.9.2/24'], ...changes }),
  ]),
});
const sees = (name: string, changes: Partial<ReachFacts>) => ({ reach: reachFacts(name, changes) });

const NETWORK: readonly Row[] = [
  [
    'the short name is unknown to the source',
    { source: sees('hv-a', { shortName: value([]) }) },
    'host-names',
    'blocker',
    'host-names',
  ],
  [
    'the full name is unknown to the source',
    { source: sees('hv-a', { fullName: value([]) }) },
    'host-names',
    'blocker',
    'host-names',
  ],
  [
    'a name leads to another machine',
    { source: sees('hv-a', { shortName: value(['192.168.1.77']) }) },
    'host-names',
    'warning',
    'host-names-elsewhere',
  ],
  [
    'a name also has an address of version 6',
    { source: sees('hv-a', { fullName: value(['192.168.1.2', 'fe80::1%4']) }) },
    'host-names',
    'ok',
    'host-names-ok',
  ],
  [
    'the target does not find the source',
    { target: sees('hv-b', { fullName: value([]) }) },
    'host-names',
    'warning',
    'host-names-back',
  ],
  [
    'nobody asked for the names',
    { source: { reach: reachFacts('hv-b') } },
    'host-names',
    'unknown',
    'host-names-unknown',
  ],
  [
    'the hosts allow other subnets',
    { target: migrating({ networks: [{ subnet: '10.0.8.0/24' }] }) },
    'common-subnet',
    'blocker',
    'common-subnet',
  ],
  [
    'a host allows none',
    { source: migrating({ networks: [] }) },
    'common-subnet',
    'blocker',
    'common-subnet',
  ],
  [
    'a host allows its own address alone',
    { target: migrating({ networks: [{ subnet: '10.0.9.2/32' }] }) },
    'common-subnet',
    'ok',
    'common-subnet-ok',
  ],
  [
    'the card of the migration network is down',
    { target: cardOf('hv-b', { up: false }) },
    'common-subnet',
    'blocker',
    'common-subnet',
  ],
  [
    'the cards have masks of other lengths',
    { target: cardOf('hv-b', { addresses: ['10.0.9.2/25'] }) },
    'common-subnet',
    'blocker',
    'common-subnet',
  ],
  [
    'any network may be used and one is common',
    both(migrating({ useAnyNetwork: true, networks: [] })),
    'common-subnet',
    'ok',
    'common-subnet-ok',
  ],
  [
    'a network of version 6 is common',
    {
      source: {
        ...migrating({ networks: [{ subnet: 'fd00:9::/64' }] }),
        ...cardOf('hv-a', { addresses: ['fd00:9::1/64'] }),
      },
      target: {
        ...migrating({ networks: [{ subnet: 'FD00:9::/64' }] }),
        ...cardOf('hv-b', { addresses: ['fd00:9::2/64'] }),
      },
    },
    'common-subnet',
    'ok',
    'common-subnet-ok',
  ],
  [
    'the cards of the target cannot be read',
    { targetHost: { networks: [] }, target: { adapters: DENIED } },
    'migration-network',
    'unknown',
    'migration-network-unknown',
  ],
  [
    'the settings of the source cannot be read',
    { sourceHost: { networks: [] }, source: { migration: DENIED } },
    'migration-network',
    'unknown',
    'migration-network-unknown',
  ],
  [
    'one card of the target cannot be read, and the others share no network',
    { targetHost: { networks: [] }, target: { adaptersUnread: ['TAP (denied)'] } },
    'migration-network',
    'unknown',
    'migration-network-unknown',
  ],
  [
    'one card of the target cannot be read, and another shares a network',
    { target: { adaptersUnread: ['TAP (denied)'] } },
    'migration-network',
    'ok',
    'migration-network-ok',
  ],
  [
    'one card of the source cannot be read, and the others are in no common subnet',
    {
      source: { adaptersUnread: ['TAP (denied)'] },
      target: migrating({ networks: [{ subnet: '10.0.8.0/24' }] }),
    },
    'common-subnet',
    'unknown',
    'common-subnet-unknown',
  ],
  [
    'any network may be used',
    { source: migrating({ useAnyNetwork: true }) },
    'any-network',
    'warning',
    'any-network',
  ],
  [
    'the client is off at the source',
    { source: cardOf('hv-a', { msClient: value(false) }) },
    'microsoft-client',
    'blocker',
    'microsoft-client',
  ],
  [
    'the client is off at the target',
    { target: cardOf('hv-b', { msClient: value(false) }) },
    'microsoft-client',
    'warning',
    'microsoft-client-back',
  ],
  [
    'the client is off at the source on a card that is down',
    {
      source: {
        adapters: value([
          netAdapter(),
          netAdapter({ name: 'Old', up: false, msClient: value(false) }),
        ]),
      },
    },
    'microsoft-client',
    'ok',
    'microsoft-client-ok',
  ],
  [
    'the client is unread',
    { source: cardOf('hv-a', { msClient: DENIED }) },
    'microsoft-client',
    'unknown',
    'microsoft-client-unknown',
  ],
  [
    'no card is in the migration network',
    { source: cardOf('hv-a', { addresses: ['10.0.7.1/24'] }) },
    'microsoft-client',
    'unknown',
    'microsoft-client-unknown',
  ],
  [
    'sharing is off on the card of the target',
    { target: cardOf('hv-b', { msServer: value(false) }) },
    'file-sharing',
    'blocker',
    'file-sharing',
  ],
  [
    'the file server of the target stands still',
    { target: { fileServer: value({ serviceRunning: false, firewallOpen: true }) } },
    'file-sharing',
    'blocker',
    'file-sharing',
  ],
  [
    'the firewall of the target is closed',
    { target: { fileServer: value({ serviceRunning: true, firewallOpen: false }) } },
    'file-sharing',
    'blocker',
    'file-sharing',
  ],
  [
    'the file server of the source stands still',
    { source: { fileServer: value({ serviceRunning: false, firewallOpen: true }) } },
    'file-sharing',
    'warning',
    'file-sharing-back',
  ],
  [
    'the file server of the source is unread',
    { source: { fileServer: DENIED } },
    'file-sharing',
    'unknown',
    'file-sharing-unknown',
  ],
  [
    'port 6600 is closed',
    { source: sees('hv-a', { migrationPort: value(false) }) },
    'ports',
    'blocker',
    'ports',
  ],
  [
    'port 445 is closed',
    { source: sees('hv-a', { smbPort: value(false) }) },
    'ports',
    'blocker',
    'ports',
  ],
  [
    'WinRM is closed',
    { source: sees('hv-a', { managementPort: value(false) }) },
    'ports',
    'warning',
    'management-port',
  ],
  [
    'the way back is closed',
    { target: sees('hv-b', { migrationPort: value(false) }) },
    'ports',
    'warning',
    'ports-back',
  ],
  [
    'one port is closed and another unread',
    { source: sees('hv-a', { migrationPort: DENIED, smbPort: value(false) }) },
    'ports',
    'blocker',
    'ports',
  ],
  [
    'nobody asked for the ports',
    { source: { reach: reachFacts('hv-b') } },
    'ports',
    'unknown',
    'ports-unknown',
  ],
  [
    'the share does not open',
    { source: sees('hv-a', { adminShare: value(false) }) },
    'admin-share',
    'blocker',
    'admin-share',
  ],
  [
    'nobody asked for the share',
    { source: { reach: reachFacts('hv-b') } },
    'admin-share',
    'unknown',
    'admin-share-unknown',
  ],
  [
    'the card of the switch is down',
    { target: { switches: value([{ ...lan, uplinkUp: value(false) }]) } },
    'switch-uplink',
    'warning',
    'switch-uplink',
  ],
  [
    'the card of the switch is unread',
    { target: { switches: value([{ ...lan, uplinkUp: DENIED }]) } },
    'switch-uplink',
    'unknown',
    'switch-uplink-unknown',
  ],
  [
    'the card of another switch is down',
    { target: { switches: value([lan, { ...lan, name: 'Lab', uplinkUp: value(false) }]) } },
    'switch-uplink',
    'ok',
    'switch-uplink-ok',
  ],
  [
    'the target lacks the SAN',
    { vm: { fibreChannelSans: value(['Gold']) } },
    'fibre-channel',
    'blocker',
    'fibre-channel',
  ],
  [
    'the target has the SAN',
    { vm: { fibreChannelSans: value(['Gold']) }, target: { fibreChannelSans: value(['gold']) } },
    'fibre-channel',
    'warning',
    'fibre-channel-zoning',
  ],
  [
    'the target knows no SANs at all',
    { vm: { fibreChannelSans: value(['Gold']) }, target: { fibreChannelSans: LACKS } },
    'fibre-channel',
    'blocker',
    'fibre-channel',
  ],
  [
    'the SANs of the target are unread',
    { vm: { fibreChannelSans: value(['Gold']) }, target: { fibreChannelSans: DENIED } },
    'fibre-channel',
    'unknown',
    'fibre-channel-unknown',
  ],
];

describe('the network between two hosts', () => {
  it.each(NETWORK)('when %s', (_, changes, check, severity, code) => {
    expect(findingOf(check, windowsSubject(changes))).toMatchObject({ severity, code });
  });
});

describe('G.5 a migration network', () => {
  const speeds = [
    [1e9, 'ok', 'migration-network-ok'],
    [100e6, 'warning', 'migration-network-slow'],
    [Number.NaN, 'unknown', 'migration-network-unknown'],
  ] as const;

  it.each(speeds)('of %d bit/s is judged by its bits', (bitsPerSecond, severity, code) => {
    const subject = windowsSubject({
      targetHost: { networks: [{ ...network, bitsPerSecond }] },
    });
    expect(findingOf('migration-network', subject)).toMatchObject({ severity, code });
  });

  it('that is down counts for nothing, whatever speed it tells', () => {
    const down = { ...network, up: false, bitsPerSecond: 100e9 };
    const subject = windowsSubject({ targetHost: { networks: [down] } });
    expect(findingOf('migration-network', subject)).toMatchObject({ severity: 'blocker' });
  });
});
