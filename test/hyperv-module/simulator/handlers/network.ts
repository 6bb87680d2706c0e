/** Cards, addresses, names and ports of a host: facts A.11. */

import { type Call, failure, type Handler, type Handlers } from '../call.ts';
import { guidOf } from '../defaults.ts';
import { enumValue } from '../enums.ts';
import type { SimHost } from '../kept.ts';
import type { NetAdapter } from '../overlay.ts';
import { isLike } from '../parameters.ts';
import { descriptionOf, switchExtensions, virtualSwitch } from '../shapes/network.ts';
import { type DoubleObject, hresult, WindowsError } from '../wire.ts';

const wanted = (names: readonly string[], name: string): boolean =>
  names.length === 0 || names.some((each) => isLike(name, each));

const getSwitches: Handler = ({ host, parameters }) =>
  host.lab.switches
    .filter(({ name }) => wanted(parameters.texts('Name'), name))
    .map(({ name }) => virtualSwitch(host, name))
    .filter(({ Id }) => !parameters.has('Id') || parameters.texts('Id').includes(String(Id)));

const getExtensions: Handler = ({ host, parameters }) => {
  const objects = parameters.objects('VMSwitch').map(({ Name }) => String(Name));
  const names = [...parameters.texts('VMSwitchName'), ...objects];
  return host.lab.switches
    .filter(({ name }) => wanted(names, name))
    .flatMap(({ name }) => switchExtensions(host, name))
    .filter(({ Name }) => wanted(parameters.texts('Name'), String(Name)));
};

/** The cards that are asked for, by name, description or index. */
function cardsOf({ parameters, host }: Call): readonly NetAdapter[] {
  const names = [
    ...parameters.texts('Name'),
    ...parameters.texts('InterfaceAlias'),
    ...parameters.objects('InputObject').map(({ Name }) => String(Name)),
  ];
  const descriptions = parameters.texts('InterfaceDescription');
  const indexes = [...parameters.texts('InterfaceIndex'), ...parameters.texts('ifIndex')];
  return host.overlay.adapters.filter(
    ({ name, index }) =>
      wanted(names, name) &&
      wanted(descriptions, descriptionOf(name)) &&
      (indexes.length === 0 || indexes.includes(String(index))),
  );
}

function speedText(bitsPerSecond: number): string {
  const gigabits = bitsPerSecond / 1e9;
  return gigabits >= 1 ? `${gigabits} Gbps` : `${bitsPerSecond / 1e6} Mbps`;
}

const cardObject = (host: SimHost, card: NetAdapter): DoubleObject => ({
  $type: 'MSFT_NetAdapter',
  $id: JSON.stringify([host.name, card.name]),
  Name: card.name,
  InterfaceDescription: descriptionOf(card.name),
  InterfaceGuid: card.guid ?? `{${guidOf(`card ${host.name} ${card.name}`).toUpperCase()}}`,
  InterfaceIndex: card.index,
  Status: card.up ? 'Up' : 'Disconnected',
  LinkSpeed: speedText(card.bitsPerSecond),
  // Of a card that is down the speed means nothing (facts G.5).
  Speed: card.up ? card.bitsPerSecond : 9_223_372_036_854_775_000,
  MacAddress: '00-15-5D-00-00-01',
  Virtual: false,
});

const BINDINGS = [
  ['ms_msclient', 'Client for Microsoft Networks', 'msClient'],
  ['ms_server', 'File and Printer Sharing for Microsoft Networks', 'msServer'],
] as const;

const getBindings: Handler = (call) => {
  const components = call.parameters.texts('ComponentID');
  return cardsOf(call).flatMap((card) =>
    BINDINGS.filter(([id]) => wanted(components, id)).map(([ComponentID, DisplayName, field]) => ({
      $type: 'MSFT_NetAdapterBindingSettingData',
      $id: JSON.stringify([call.host.name, card.name, ComponentID]),
      Name: card.name,
      InterfaceDescription: descriptionOf(card.name),
      ComponentID,
      DisplayName,
      Enabled: card[field],
    })),
  );
};

const family = (address: string): string => (address.includes(':') ? 'IPv6' : 'IPv4');

const getAddresses: Handler = (call) =>
  cardsOf(call)
    .flatMap((card) => card.addresses.map((cidr) => ({ card, cidr })))
    .map(({ card, cidr }) => {
      const [IPAddress = '', length = '24'] = cidr.split('/');
      return {
        $type: 'MSFT_NetIPAddress',
        IPAddress,
        IPv4Address: IPAddress,
        PrefixLength: Number(length),
        InterfaceIndex: card.index,
        InterfaceAlias: card.name,
        AddressFamily: enumValue('AddressFamily', family(IPAddress)),
        AddressState: 'Preferred',
      };
    })
    .filter(({ IPAddress }) => wanted(call.parameters.texts('AddressFamily'), family(IPAddress)))
    .filter(({ IPAddress }) => wanted(call.parameters.texts('IPAddress'), IPAddress));

const getRoutes: Handler = (call) => {
  const prefixes = call.parameters.texts('DestinationPrefix');
  return cardsOf(call)
    .filter(({ gateway }) => gateway !== undefined)
    .map(({ gateway, index, name }) => ({
      $type: 'MSFT_NetRoute',
      DestinationPrefix: '0.0.0.0/0',
      NextHop: gateway,
      InterfaceIndex: index,
      InterfaceAlias: name,
      RouteMetric: 256,
      AddressFamily: enumValue('AddressFamily', 'IPv4'),
    }))
    .filter(({ DestinationPrefix }) => wanted(prefixes, DestinationPrefix));
};

const getDnsServers: Handler = (call) =>
  cardsOf(call).map(({ name, index, dnsServers }) => ({
    $type: 'MSFT_DNSClientServerAddress',
    InterfaceAlias: name,
    InterfaceIndex: index,
    AddressFamily: 2,
    ServerAddresses: dnsServers,
  }));

const resolveName: Handler = (call) => {
  const { world, runsOn, parameters } = call;
  const name = parameters.text('Name') ?? '';
  const host = world.hostName(name, runsOn);
  const { addresses = [] } = host === undefined ? {} : { addresses: addressesOf(call, host) };
  const known = addresses.length > 0 ? addresses : (world.kept.names[name.toLowerCase()] ?? []);
  if (known.length === 0)
    throw new WindowsError(`${name} : DNS name does not exist`, {
      errorId: 'DNS_ERROR_RCODE_NAME_ERROR,Microsoft.DnsClient.Commands.ResolveDnsName',
      category: 'ResourceUnavailable',
      hresult: hresult(0x8007232b),
      terminating: false,
      target: name,
    });
  return known.map((IPAddress) => ({
    $type: 'DnsRecord',
    Name: name,
    Type: enumValue('RecordType', 'A'),
    QueryType: enumValue('RecordType', 'A'),
    TTL: 1200,
    Section: 'Answer',
    IPAddress,
    IP4Address: IPAddress,
  }));
};

const addressesOf = ({ world }: Call, host: string): string[] =>
  world
    .overlayOf(host)
    .adapters.flatMap(({ addresses }) => addresses.map((address) => address.split('/')[0] ?? ''));

/** Ports that a healthy host listens on, beside 6600, which needs migration enabled (facts A.11). */
const OPEN_PORTS = [135, 445, 5985];

const testConnection: Handler = (call) => {
  const { world, parameters, runsOn } = call;
  const name = parameters.text('ComputerName') ?? runsOn;
  const port = parameters.number('Port') ?? portNamed(parameters.text('CommonTCPPort'));
  const host = world.hostName(name, runsOn);
  const overlay = host === undefined ? undefined : world.overlayOf(host);
  const listens =
    port === 6600
      ? overlay?.migration.enabled === true && overlay.services.vmms === 'Running'
      : OPEN_PORTS.includes(port);
  const isOpen =
    overlay !== undefined && !overlay.unreachable && listens && !overlay.closedPorts.includes(port);
  if (parameters.text('InformationLevel')?.toLowerCase() === 'quiet') return isOpen;
  return {
    $type: 'TestNetConnectionResult',
    ComputerName: name,
    RemoteAddress: host === undefined ? null : addressesOf(call, host)[0],
    RemotePort: port,
    PingSucceeded: overlay !== undefined && !overlay.unreachable,
    TcpTestSucceeded: isOpen,
  };
};

const portNamed = (name: string | undefined): number =>
  ({ smb: 445, winrm: 5985, rdp: 3389, http: 80 })[name?.toLowerCase() ?? ''] ?? 0;

/** Only what lies on another host; everything else is for the real cmdlet. */
const testPath: Handler = (call) => {
  const path = call.parameters.text('Path') ?? call.parameters.text('LiteralPath') ?? '';
  const [, server = '', share = ''] = /^\\\\([^\\]+)\\([^\\]+)/.exec(path) ?? [];
  const host = call.world.hostName(server, call.runsOn);
  if (host === undefined) return false;
  const { unreachable, adminShare, closedPorts, services } = call.world.overlayOf(host);
  const isServed = services.LanmanServer === 'Running' && !closedPorts.includes(445);
  return share.toLowerCase() === 'admin$' && adminShare && isServed && !unreachable;
};

const getShares: Handler = (call) => {
  const shares = call.world.kept.storage.filter(
    ({ kind, reachableBy }) => kind === 'share' && reachableBy.includes(call.host.name),
  );
  return shares.map(({ name }) => ({
    $type: 'MSFT_SmbConnection',
    ServerName: name.split('\\')[2],
    ShareName: name.split('\\')[3],
    Dialect: '3.1.1',
    Encrypted: false,
    NumOpens: 1,
  }));
};

/** The host itself must be reachable for what is asked of it. @throws WindowsError */
export function refuseUnreachableHost(call: Call): void {
  if (call.host.name === call.runsOn || !call.host.overlay.unreachable) return;
  throw failure(call, 'host-unreachable', {
    facts: { host: call.host.name },
    errorId: 'OperationFailed',
    category: 'ResourceUnavailable',
    hresult: hresult(0x8007274c),
  });
}

export const networkHandlers: Handlers = {
  'Get-VMSwitch': getSwitches,
  'Get-VMSwitchExtension': getExtensions,
  'Get-NetAdapter': (call) => cardsOf(call).map((card) => cardObject(call.host, card)),
  'Get-NetAdapterBinding': getBindings,
  'Get-NetAdapterRdma': (call) =>
    cardsOf(call).map(({ name }) => ({
      $type: 'MSFT_NetAdapterRdmaSettingData',
      Name: name,
      Enabled: false,
    })),
  'Get-NetIPAddress': getAddresses,
  'Get-NetRoute': getRoutes,
  'Get-DnsClientServerAddress': getDnsServers,
  'Resolve-DnsName': resolveName,
  'Test-NetConnection': testConnection,
  'Test-Path': testPath,
  'Get-SmbConnection': getShares,
};
