/** A VM's adapters and a host's switches as the module shows them: facts A.7. */

import { createHash } from 'node:crypto';
import type { LabAdapter } from '../../../../src/hosts/lab/state.ts';
import { adapterDefaults, guidOf, switchDefaults } from '../defaults.ts';
import { enumValue } from '../enums.ts';
import type { SimHost, SimVm } from '../kept.ts';
import type { AdapterOverlay } from '../overlay.ts';
import type { DoubleObject } from '../wire.ts';
import { partOf, settingOf } from './devices.ts';

export const adapterOverlay = (vm: SimVm, name: string): AdapterOverlay =>
  vm.overlay.adapters[name] ?? adapterDefaults;

const isPlugged = ({ lab }: SimVm, adapter: LabAdapter): boolean =>
  adapter.connected && !lab.unplugged;

/** The same address as the lab's own facts show. */
function addressesOf(vm: SimVm, adapter: LabAdapter, isOn: boolean): string[] {
  if (!isOn || !isPlugged(vm, adapter) || vm.lab.adapters[0] !== adapter) return [];
  const last = (createHash('sha256').update(vm.lab.id).digest()[0] ?? 0) % 200;
  return [`10.0.1.${last + 20}`];
}

export const networkAdapters = (vm: SimVm, isOn: boolean): DoubleObject[] =>
  vm.lab.adapters.map((adapter) => networkAdapter(vm, adapter, isOn));

export function networkAdapter(vm: SimVm, adapter: LabAdapter, isOn: boolean): DoubleObject {
  const settings = adapterOverlay(vm, adapter.name);
  const plugged = isPlugged(vm, adapter);
  const { bandwidthMinimum, bandwidthMinimumWeight, bandwidthMaximum } = settings;
  const hasBandwidth = bandwidthMinimum + bandwidthMinimumWeight + bandwidthMaximum > 0;
  return {
    ...partOf(vm, 'VMNetworkAdapter', adapter.name),
    Name: adapter.name,
    Id: `Microsoft:${vm.lab.id.toUpperCase()}\\${guidOf(`${vm.lab.id} ${adapter.mac}`).toUpperCase()}`,
    AdapterId: guidOf(`${vm.lab.id} ${adapter.mac}`).toUpperCase(),
    MacAddress: adapter.mac,
    DynamicMacAddressEnabled: settings.dynamicMac,
    SwitchName: plugged ? adapter.switch : null,
    SwitchId: plugged ? guidOf(`switch ${vm.host} ${adapter.switch}`) : null,
    Connected: plugged,
    IsLegacy: false,
    IsManagementOs: false,
    IsExternalAdapter: false,
    Status: isOn
      ? [enumValue('VMNetworkAdapterOperationalStatus', plugged ? 'Ok' : 'NoContact')]
      : [],
    IPAddresses: addressesOf(vm, adapter, isOn),
    VlanSetting: vlanSetting(vm, adapter),
    AclList: plainAcls(vm, adapter),
    ExtendedAclList: extendedAcls(vm, adapter),
    IsolationSetting: null,
    BandwidthSetting: hasBandwidth
      ? {
          $type: 'VMNetworkAdapterBandwidthSetting',
          MinimumBandwidthAbsolute: bandwidthMinimum,
          MinimumBandwidthWeight: bandwidthMinimumWeight,
          MaximumBandwidth: bandwidthMaximum,
        }
      : null,
    BandwidthPercentage: 0,
    MacAddressSpoofing: onOff(settings.macSpoofing),
    DhcpGuard: onOff(settings.dhcpGuard),
    RouterGuard: onOff(settings.routerGuard),
    PortMirroringMode: 0,
    IeeePriorityTag: onOff(false),
    AllowTeaming: onOff(false),
    IovWeight: settings.iovWeight,
    VMQWeight: 100,
    MandatoryFeatureId: [],
    MandatoryFeatureName: [],
    VirtualSubnetId: 0,
    TestReplicaSwitchName: '',
    PoolName: '',
    DeviceNaming: onOff(false),
    ClusterMonitored: true,
  };
}

export function vlanSetting(vm: SimVm, adapter: LabAdapter): DoubleObject {
  const { vlan } = adapterOverlay(vm, adapter.name);
  return {
    ...settingOf(vm, 'VMNetworkAdapterVlanSetting', adapter.name),
    ParentAdapter: {
      ...partOf(vm, 'VMNetworkAdapter', adapter.name),
      Name: adapter.name,
      MacAddress: adapter.mac,
    },
    OperationMode: enumValue('VMNetworkAdapterVlanMode', vlan.mode),
    AccessVlanId: vlan.access,
    NativeVlanId: vlan.native,
    AllowedVlanIdList: idsOf(vlan.allowed),
    AllowedVlanIdListString: vlan.allowed,
    PrivateVlanMode: 0,
    PrimaryVlanId: 0,
    SecondaryVlanId: 0,
    SecondaryVlanIdList: [],
  };
}

export const extendedAcls = (vm: SimVm, adapter: LabAdapter): DoubleObject[] =>
  adapterOverlay(vm, adapter.name).acls.map((acl, index) => ({
    ...settingOf(vm, 'VMNetworkAdapterExtendedAclSetting', JSON.stringify([adapter.name, index])),
    ParentAdapter: {
      ...partOf(vm, 'VMNetworkAdapter', adapter.name),
      Name: adapter.name,
      MacAddress: adapter.mac,
    },
    LocalIPAddress: 'ANY',
    RemoteIPAddress: 'ANY',
    LocalPort: 'ANY',
    RemotePort: 'ANY',
    Protocol: 'ANY',
    Weight: 1,
    Stateful: false,
    IdleSessionTimeout: 0,
    IsolationID: 0,
    ...acl.values,
    Direction: enumValue('VMNetworkAdapterExtendedAclDirection', acl.direction),
    Action: enumValue('VMNetworkAdapterExtendedAclAction', acl.action),
  }));

/** Of the other end it shows any address. */
export const plainAcls = (vm: SimVm, adapter: LabAdapter): DoubleObject[] =>
  (adapterOverlay(vm, adapter.name).plainAcls ?? []).map((acl, index) => {
    const { direction, action, end, address, type } = acl;
    const other = end === 'Local' ? 'Remote' : 'Local';
    return {
      ...settingOf(
        vm,
        'VMNetworkAdapterAclSetting',
        JSON.stringify([adapter.name, 'plain', index]),
      ),
      Direction: enumValue('VMNetworkAdapterAclDirection', direction),
      Action: enumValue('VMNetworkAdapterAclAction', action),
      [`${end}Address`]: address,
      [`${end}AddressType`]: enumValue('VMNetworkAdapterAclType', type),
      [`${other}Address`]: 'ANY',
      [`${other}AddressType`]: enumValue('VMNetworkAdapterAclType', 'WildcardBoth'),
      MeteredMegabytes: 0,
    };
  });

export function virtualSwitch(host: SimHost, name: string): DoubleObject {
  const type = host.lab.switches.find((each) => each.name === name)?.type ?? 'Private';
  const details = host.overlay.switches[name] ?? switchDefaults;
  const card = host.overlay.adapters.find((adapter) => adapter.switch === name);
  return {
    $type: 'VMSwitch',
    $id: JSON.stringify([host.name, name]),
    ComputerName: host.name,
    Name: name,
    Id: guidOf(`switch ${host.name} ${name}`),
    SwitchType: enumValue('VMSwitchType', type),
    Extensions: switchExtensions(host, name),
    BandwidthReservationMode: enumValue('VMSwitchBandwidthMode', details.bandwidthMode),
    EmbeddedTeamingEnabled: details.embeddedTeaming,
    IovEnabled: false,
    AllowManagementOS: type !== 'Private',
    NetAdapterInterfaceDescription: card ? descriptionOf(card.name) : null,
    NetAdapterInterfaceDescriptions: card ? [descriptionOf(card.name)] : [],
    NetAdapterInterfaceGuid: card ? [guidOf(`card ${host.name} ${card.name}`)] : null,
    Notes: '',
  };
}

export function switchExtensions(host: SimHost, name: string): DoubleObject[] {
  const details = host.overlay.switches[name] ?? switchDefaults;
  return details.extensions.map((extension) => ({
    $type: 'VMSwitchExtension',
    $id: JSON.stringify([host.name, name, extension.name]),
    ComputerName: host.name,
    SwitchName: name,
    SwitchId: guidOf(`switch ${host.name} ${name}`),
    Name: extension.name,
    Id: guidOf(extension.name),
    Vendor: 'Microsoft',
    Version: '10.0',
    ExtensionType: enumValue('VMSwitchExtensionType', extension.type),
    Enabled: extension.enabled,
    Running: extension.enabled,
  }));
}

export const descriptionOf = (card: string): string => `Simulated Network Adapter ${card}`;

const onOff = (isOn: boolean) => enumValue('OnOffState', isOn ? 'On' : 'Off');

/** `1-3,7` as numbers; a VLAN id has at most 12 bits. */
function idsOf(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [from = Number.NaN, to = from] = part.split('-').map(Number);
    if (!(from >= 0 && to <= 4095)) return [];
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  });
}
