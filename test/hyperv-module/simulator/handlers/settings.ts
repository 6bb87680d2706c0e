/** Changing a VM's adapters and drives: facts A.7 and D.8. */

import type { LabAdapter } from '../../../../src/hosts/lab/state.ts';
import { type Call, failure, type Handler, type Handlers, partsOf } from '../call.ts';
import type { SimVm } from '../kept.ts';
import type { AdapterOverlay } from '../overlay.ts';
import {
  adapterOverlay,
  extendedAcls,
  networkAdapter,
  plainAcls,
  vlanSetting,
} from '../shapes/network.ts';
import { hresult } from '../wire.ts';
import { adaptersOf } from './vms.ts';

interface Found {
  readonly vm: SimVm;
  readonly adapter: LabAdapter;
}

async function changeSettings(
  call: Call,
  { vm, adapter }: Found,
  change: (settings: AdapterOverlay) => Partial<AdapterOverlay>,
): Promise<SimVm> {
  // Other adapters of the VM may have been changed just before.
  const now = (await call.world.vmOrPlanned(vm.host, vm.place.vmId)) ?? vm;
  const settings = adapterOverlay(now, adapter.name);
  const adapters = {
    ...now.overlay.adapters,
    [adapter.name]: { ...settings, ...change(settings) },
  };
  await call.world.changeVm(now, { adapters });
  return { ...now, overlay: { ...now.overlay, adapters } };
}

/** Changes each adapter that is named, and shows it with -Passthru. */
const each =
  (
    change: (call: Call, found: Found) => (settings: AdapterOverlay) => Partial<AdapterOverlay>,
    show: (vm: SimVm, adapter: LabAdapter) => unknown,
  ): Handler =>
  async (call) => {
    const shown: unknown[] = [];
    for (const found of await adaptersOf(call)) {
      const vm = await changeSettings(call, found, change(call, found));
      shown.push(show(vm, found.adapter));
    }
    return call.parameters.flag('Passthru') ? shown.flat() : undefined;
  };

const VALUES = [
  'LocalIPAddress',
  'RemoteIPAddress',
  'LocalPort',
  'RemotePort',
  'Protocol',
] as const;
const NUMBERS = ['Weight', 'IdleSessionTimeout', 'IsolationID'] as const;

const addAcl = each(
  ({ parameters }) =>
    ({ acls }) => {
      const values: Record<string, string | number | boolean> = {};
      for (const name of VALUES)
        if (parameters.text(name)) values[name] = parameters.text(name) ?? '';
      for (const name of NUMBERS) values[name] = parameters.number(name) ?? 0;
      values.Stateful = parameters.flag('Stateful');
      const direction = parameters.text('Direction') === 'Outbound' ? 'Outbound' : 'Inbound';
      const action = parameters.text('Action') === 'Deny' ? 'Deny' : 'Allow';
      return { acls: [...acls, { direction, action, values }] };
    },
  extendedAcls,
);

/** Each address that is given makes a rule of its own. */
const addPlainAcl = each(
  ({ parameters }) =>
    ({ plainAcls: before }) => {
      const direction = parameters.member('Direction', 'VMNetworkAdapterAclDirection');
      const action = parameters.member('Action', 'VMNetworkAdapterAclAction');
      const added = (['Local', 'Remote'] as const).flatMap((end) =>
        (['IP', 'Mac'] as const).flatMap((kind) =>
          parameters.texts(`${end}${kind}Address`).map((address) => {
            return { direction, action, end, address, type: aclType(kind, address) };
          }),
        ),
      );
      return { plainAcls: [...before, ...added] as AdapterOverlay['plainAcls'] };
    },
  plainAcls,
);

function aclType(kind: 'IP' | 'Mac', address: string): string {
  const isAny = address.toUpperCase() === 'ANY';
  if (kind === 'Mac') return isAny ? 'WildcardMac' : 'Mac';
  if (isAny) return 'WildcardBoth';
  const version = address.includes(':') ? 'IPv6' : 'IPv4';
  return ['0.0.0.0/0', '::/0'].includes(address) ? `Wildcard${version}` : version;
}

const removeAcl: Handler = async (call) => {
  const { parameters, world } = call;
  const objects = parameters.objects('InputObject');
  for (const object of objects) {
    const [host = '', vmId = '', part = '[]'] = partsOf(object);
    const [name, index] = JSON.parse(part) as [string, number];
    const vm = await world.vm(host, vmId);
    const adapter = vm?.lab.adapters.find((mine) => mine.name === name);
    if (vm === undefined || adapter === undefined) continue;
    await changeSettings(call, { vm, adapter }, ({ acls }) => ({ acls: acls.toSpliced(index, 1) }));
  }
  if (objects.length > 0) return;
  const weight = parameters.number('Weight');
  const direction = parameters.text('Direction');
  for (const found of await adaptersOf(call)) {
    await changeSettings(call, found, ({ acls }) => ({
      acls: acls.filter((acl) => acl.values.Weight !== weight || acl.direction !== direction),
    }));
  }
};

const setAdapter = each(
  ({ parameters }) =>
    (settings) => {
      const isOn = (name: string, before: boolean) =>
        parameters.has(name) ? parameters.member(name, 'OnOffState') === 'On' : before;
      return {
        bandwidthMaximum: parameters.number('MaximumBandwidth') ?? settings.bandwidthMaximum,
        bandwidthMinimum:
          parameters.number('MinimumBandwidthAbsolute') ?? settings.bandwidthMinimum,
        bandwidthMinimumWeight:
          parameters.number('MinimumBandwidthWeight') ?? settings.bandwidthMinimumWeight,
        iovWeight: parameters.number('IovWeight') ?? settings.iovWeight,
        dynamicMac: parameters.flag('DynamicMacAddress')
          ? true
          : parameters.has('StaticMacAddress')
            ? false
            : settings.dynamicMac,
        macSpoofing: isOn('MacAddressSpoofing', settings.macSpoofing),
        dhcpGuard: isOn('DhcpGuard', settings.dhcpGuard),
        routerGuard: isOn('RouterGuard', settings.routerGuard),
      };
    },
  (vm, adapter) => networkAdapter(vm, adapter, true),
);

const setVlan = each(
  ({ parameters }) =>
    ({ vlan }) => {
      const mode = parameters.flag('Trunk')
        ? 'Trunk'
        : parameters.flag('Access')
          ? 'Access'
          : 'Untagged';
      const isTrunk = mode === 'Trunk';
      return {
        vlan: {
          ...vlan,
          mode,
          access: mode === 'Access' ? (parameters.number('VlanId') ?? 0) : 0,
          native: isTrunk ? (parameters.number('NativeVlanId') ?? 0) : 0,
          allowed: isTrunk ? (parameters.text('AllowedVlanIdList') ?? '') : '',
        },
      };
    },
  vlanSetting,
);

/** Plugging in and out is the lab's own: its guest has addresses only while it is plugged in. */
const plug =
  (connected: boolean): Handler =>
  async (call) => {
    const [object] = call.parameters.objects('VMSwitch');
    const name = call.parameters.text('SwitchName') ?? (object && String(partsOf(object)[1]));
    const known = call.host.lab.switches.some((each) => each.name === name);
    if (connected && !known)
      throw failure(call, 'switch-not-found', {
        facts: { switch: name ?? '' },
        errorId: 'ObjectNotFound',
        category: 'ObjectNotFound',
        hresult: hresult(0x80070490),
      });
    for (const { vm, adapter } of await adaptersOf(call)) {
      await call.world.changeLab(vm, ({ adapters }) => ({
        adapters: adapters.map((mine) =>
          mine.name === adapter.name
            ? { ...mine, connected, switch: connected ? (name ?? mine.switch) : mine.switch }
            : mine,
        ),
      }));
    }
  };

export const settingHandlers: Handlers = {
  'Add-VMNetworkAdapterAcl': addPlainAcl,
  'Add-VMNetworkAdapterExtendedAcl': addAcl,
  'Remove-VMNetworkAdapterExtendedAcl': removeAcl,
  'Set-VMNetworkAdapter': setAdapter,
  'Set-VMNetworkAdapterVlan': setVlan,
  'Connect-VMNetworkAdapter': plug(true),
  'Disconnect-VMNetworkAdapter': plug(false),
};
