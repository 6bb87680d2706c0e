/** What a VM is and has: facts A.7. */

import type { LabAdapter } from '../../../../src/hosts/lab/state.ts';
import { type Call, failure, type Handler, type Handlers, partsOf, vmsOf } from '../call.ts';
import type { SimVm } from '../kept.ts';
import { type GivenObject, isLike } from '../parameters.ts';
import {
  assignedDevicesOf,
  dvdDrives,
  fibreChannelOf,
  firmwareOf,
  frozenDisks,
  gpuPartitionsOf,
  hardDisks,
  integrationServices,
  memoryOf,
  processorOf,
  replicationOf,
  securityOf,
} from '../shapes/devices.ts';
import { extendedAcls, networkAdapter, plainAcls, vlanSetting } from '../shapes/network.ts';
import { plannedMachine, virtualMachine } from '../shapes/vm.ts';
import { type DoubleObject, hresult } from '../wire.ts';

const getVm: Handler = async (call) => {
  const { world, host, parameters } = call;
  const ids = parameters.texts('Id').map((id) => id.toLowerCase());
  const planned = world
    .plannedOn(host.name)
    .filter(
      ({ vmId, name }) =>
        ids.includes(vmId) && world.faults.has('shows-planned', { vm: [vmId, name] }),
    )
    .map(({ vmId, name }) => plannedMachine(host.name, vmId, name));
  if (planned.length > 0) return planned;
  const vms = await vmsOf(call, { name: 'Name', object: 'ClusterObject', id: 'Id' });
  return Promise.all(vms.map((vm) => virtualMachine(world, vm)));
};

/** One or more objects of each VM that is named. */
const each =
  (shape: (vm: SimVm, call: Call) => readonly DoubleObject[] | DoubleObject | undefined): Handler =>
  async (call) => {
    const vms = await vmsOf(call);
    return vms.flatMap((vm) => shape(vm, call) ?? []);
  };

/** The adapters that a cmdlet names, with their VM. */
export async function adaptersOf(call: Call): Promise<{ vm: SimVm; adapter: LabAdapter }[]> {
  const { parameters, world } = call;
  const given = parameters.objects('VMNetworkAdapter');
  const names = [...parameters.texts('VMNetworkAdapterName'), ...parameters.texts('Name')];
  if (given.length === 0) {
    const vms = await vmsOf(call);
    return vms.flatMap((vm) =>
      vm.lab.adapters
        .filter(({ name }) => names.length === 0 || names.some((wanted) => isLike(name, wanted)))
        .map((adapter) => ({ vm, adapter })),
    );
  }
  const found: { vm: SimVm; adapter: LabAdapter }[] = [];
  for (const object of given) {
    const [host = '', vmId = '', name = ''] = partsOf(object);
    const vm = await world.vmOrPlanned(host, vmId);
    const adapter = vm?.lab.adapters.find((mine) => mine.name === name);
    if (vm && adapter) found.push({ vm, adapter });
  }
  return found;
}

const eachAdapter =
  (shape: (vm: SimVm, adapter: LabAdapter) => readonly DoubleObject[] | DoubleObject): Handler =>
  async (call) =>
    (await adaptersOf(call)).flatMap(({ vm, adapter }) => shape(vm, adapter));

const getAdapters: Handler = async (call) => {
  if (call.parameters.flag('ManagementOS')) return [];
  const found = await adaptersOf(call);
  return Promise.all(
    found.map(async ({ vm, adapter }) =>
      networkAdapter(vm, adapter, (await call.world.stateOf(vm)) === 'Running'),
    ),
  );
};

const getServices: Handler = async (call) => {
  const vms = await vmsOf(call);
  const names = call.parameters.texts('Name');
  const all = await Promise.all(
    vms.map(async (vm) =>
      integrationServices(call.world, vm, (await call.world.stateOf(vm)) === 'Running'),
    ),
  );
  return all
    .flat()
    .filter(({ Name }) => names.length === 0 || names.some((name) => isLike(String(Name), name)));
};

/** A host that is no replica host answers with an error for a VM that is not replicated. */
const getReplication: Handler = async (call) => {
  const vms = await vmsOf(call);
  const found = vms.map(replicationOf).filter((replication) => replication !== undefined);
  const isNamed = call.parameters.has('VM') || call.parameters.has('VMName');
  if (found.length > 0 || !isNamed || vms.length === 0) return found;
  throw failure(call, 'not-supported', {
    facts: { host: call.host.name },
    errorId: 'InvalidState',
    category: 'InvalidOperation',
    hresult: hresult(0x80070032),
    terminating: false,
  });
};

/** The key protector as bytes; an XML with the guardians' thumbprints. */
const getKeyProtector: Handler = async (call) => {
  const vms = await vmsOf(call);
  return vms.map(({ overlay }) => {
    const { tpm, guardians } = overlay.security;
    const xml = tpm
      ? `<Protector>${guardians.map((each) => `<Guardian>${each}</Guardian>`).join('')}</Protector>`
      : '';
    return tpm ? [...Buffer.from(xml)] : [0, 0, 0, 4];
  });
};

const toHgsKeyProtector: Handler = ({ parameters }) => {
  const xml = Buffer.from(parameters.list('Bytes').map(Number)).toString();
  const guardians = [...xml.matchAll(/<Guardian>([^<]*)</g)].map(([, thumbprint]) => ({
    Name: thumbprint,
    SigningCertificate: { Thumbprint: thumbprint },
    EncryptionCertificate: { Thumbprint: thumbprint },
  }));
  return { Owner: guardians[0] ?? null, Guardians: guardians };
};

async function frozenBy({ world }: Call, snapshot: GivenObject): Promise<DoubleObject[]> {
  const [host = '', vmId = '', id = ''] = partsOf(snapshot);
  const vm = await world.vm(host, vmId);
  const checkpoint = vm?.lab.checkpoints.find((each) => each.id === id);
  return vm && checkpoint ? frozenDisks(world, vm, checkpoint) : [];
}

const getDisks: Handler = async (call) => {
  const { parameters, world } = call;
  const snapshots = parameters.objects('VMSnapshot');
  if (snapshots.length > 0)
    return (await Promise.all(snapshots.map((each) => frozenBy(call, each)))).flat();
  const vms = await vmsOf(call);
  const isWanted = (name: string, value: unknown) =>
    !parameters.has(name) || parameters.number(name) === value;
  return vms
    .flatMap((vm) => hardDisks(world, vm))
    .filter(
      ({ ControllerNumber, ControllerLocation }) =>
        isWanted('ControllerNumber', ControllerNumber) &&
        isWanted('ControllerLocation', ControllerLocation),
    );
};

export const vmHandlers: Handlers = {
  'Get-VM': getVm,
  'Get-VMHardDiskDrive': getDisks,
  'Get-VMDvdDrive': each((vm) => dvdDrives(vm)),
  'Get-VMProcessor': each((vm) => processorOf(vm)),
  'Get-VMMemory': each((vm) => memoryOf(vm)),
  'Get-VMSecurity': each((vm) => securityOf(vm)),
  'Get-VMFirmware': each((vm) => firmwareOf(vm)),
  'Get-VMFibreChannelHba': each((vm) => fibreChannelOf(vm)),
  'Get-VMAssignableDevice': each((vm) => assignedDevicesOf(vm)),
  'Get-VMGpuPartitionAdapter': each((vm) => gpuPartitionsOf(vm)),
  'Get-VMReplication': getReplication,
  'Get-VMIntegrationService': getServices,
  'Get-VMKeyProtector': getKeyProtector,
  'ConvertTo-HgsKeyProtector': toHgsKeyProtector,
  'Get-VMNetworkAdapter': getAdapters,
  'Get-VMNetworkAdapterVlan': eachAdapter((vm, adapter) => vlanSetting(vm, adapter)),
  'Get-VMNetworkAdapterAcl': eachAdapter((vm, adapter) => plainAcls(vm, adapter)),
  'Get-VMNetworkAdapterExtendedAcl': eachAdapter((vm, adapter) => extendedAcls(vm, adapter)),
};
