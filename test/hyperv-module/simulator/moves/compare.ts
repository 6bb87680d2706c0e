/** What the hypervisor objects to before a move: facts A.4, B and C. */

import { runningMemoryBytes } from '../../../../src/hosts/lab/facts.ts';
import { readHost } from '../../../../src/hosts/lab/state.ts';
import { type Call, failure, say } from '../call.ts';
import { delegationTo } from '../defaults.ts';
import type { SimVm } from '../kept.ts';
import {
  assignedDevicesOf,
  dvdDrives,
  fibreChannelOf,
  gpuPartitionsOf,
  hardDisks,
  processorOf,
} from '../shapes/devices.ts';
import { networkAdapters } from '../shapes/network.ts';
import { virtualMachine } from '../shapes/vm.ts';
import { type DoubleObject, hresult } from '../wire.ts';
import type { MoveRequest } from './job.ts';

export interface Objection {
  readonly messageId: number;
  readonly message: string;
  readonly source: DoubleObject;
}

/** Ids beside 33012 and 40010 are public nowhere; whoever reads these must take them for unknown. */
export const IDS = {
  switch: 33012,
  file: 40010,
  processor: 24004,
  version: 24006,
  memory: 24008,
  device: 24010,
  san: 24012,
  key: 24014,
} as const;

/** Connection and authentication end the cmdlet; they are in no report. @throws WindowsError */
export function refuseUnreachable(call: Call, { source, target }: MoveRequest): void {
  const { world } = call;
  const [from, to] = [world.overlayOf(source), world.overlayOf(target)];
  const facts = { host: target };
  const ended = { errorId: 'OperationFailed', category: 'NotSpecified', target, facts };
  if (to.unreachable || to.closedPorts.includes(6600))
    throw failure(call, 'host-unreachable', { ...ended, hresult: hresult(0x8007274c) });
  if (!to.migration.enabled || !from.migration.enabled || to.services.vmms !== 'Running')
    throw failure(call, 'refused', { ...ended, hresult: hresult(0x8007274d) });
  // A script is no interactive logon at the source: CredSSP has no credentials to pass on (B6).
  const isDelegated =
    from.migration.authentication === 'Kerberos' &&
    to.migration.authentication === 'Kerberos' &&
    delegates(from.delegation.allowedTo, delegationTo(target));
  if (isDelegated && from.domain.joined && to.domain.joined) return;
  throw failure(call, 'no-credentials', { ...ended, hresult: hresult(0x8009030e) });
}

const delegates = (allowed: readonly string[], wanted: readonly string[]): boolean => {
  const known = new Set(allowed.map((each) => each.toLowerCase()));
  return wanted.every((each) => known.has(each.toLowerCase()));
};

/** The report's content, in the language of the host that is asked. */
export async function objectionsTo(
  call: Call,
  vm: SimVm,
  request: MoveRequest,
): Promise<Objection[]> {
  const { name: vmName, id } = vm.lab;
  const isOn = (await call.world.stateOf(vm)) === 'Running';
  const all = [
    ...(await switches(call, vm, request)),
    ...files(call, vm, request),
    ...processor(call, vm, { request, isOn }),
    ...(await versionAndMemory(call, vm, { request, isOn })),
    ...devices(call, vm, request),
  ];
  const ordered = call.world.faults.take('incompatible', { vm: [id, vmName], host: vm.host });
  if (ordered === undefined) return all;
  const { messageId, message, source } = ordered;
  return [...all, { messageId, message, source: { $type: source, Name: vmName } }];
}

async function switches(call: Call, vm: SimVm, { target }: MoveRequest): Promise<Objection[]> {
  const there = await readHost(call.world.dir, target);
  const known = new Set(there.switches.map(({ name }) => name));
  return networkAdapters(vm, true)
    .filter(({ SwitchName }) => typeof SwitchName === 'string' && !known.has(SwitchName))
    .map((source) => ({
      messageId: IDS.switch,
      message: say(call, 'switch-not-found', { switch: String(source.SwitchName) }),
      source,
    }));
}

/** Disks that stay and media: the target must reach them. */
function files(call: Call, vm: SimVm, request: MoveRequest): Objection[] {
  const { world } = call;
  const moved = new Set(request.files.map(({ from }) => world.shown(from)));
  const sources = [...hardDisks(world, vm), ...dvdDrives(vm)];
  return sources
    .filter(({ Path }) => typeof Path === 'string' && Path !== '' && !moved.has(Path))
    .filter(({ Path }) => !world.reaches(request.target, world.real(String(Path))))
    .filter(({ Path }) => !world.overlayOf(request.target).files.includes(String(Path)))
    .map((source) => ({
      messageId: IDS.file,
      message: say(call, 'file-not-found', { vm: vm.lab.name, path: String(source.Path) }),
      source,
    }));
}

interface Asked {
  readonly request: MoveRequest;
  readonly isOn: boolean;
}

function processor(call: Call, vm: SimVm, { request, isOn }: Asked): Objection[] {
  const [from, to] = [vm.host, request.target].map((host) => call.world.overlayOf(host).processor);
  if (from === undefined || to === undefined || (!isOn && vm.overlay.state !== 'Saved')) return [];
  const lacks = from.features.some((feature) => !to.features.includes(feature));
  const isOther = from.manufacturer !== to.manufacturer;
  if (!isOther && (!lacks || vm.overlay.processor.compatibleForMigration)) return [];
  const facts = { vm: vm.lab.name, host: request.target };
  const message = say(call, 'processor-differs', facts);
  return [{ messageId: IDS.processor, message, source: processorOf(vm) }];
}

async function versionAndMemory(
  call: Call,
  vm: SimVm,
  { request: { target }, isOn }: Asked,
): Promise<Objection[]> {
  const { world } = call;
  const { profile, lab } = await world.host(target);
  const found: Objection[] = [];
  const source = await virtualMachine(world, vm);
  const facts = { vm: vm.lab.name, host: target, version: vm.overlay.version };
  if (!profile.versions.includes(vm.overlay.version))
    found.push({
      messageId: IDS.version,
      message: say(call, 'version-unsupported', facts),
      source,
    });
  const free = lab.memoryBytesTotal - (await runningMemoryBytes(world.dir, target));
  if (isOn && vm.lab.memoryStartupBytes > free)
    found.push({ messageId: IDS.memory, message: say(call, 'memory-short', facts), source });
  return found;
}

function devices(call: Call, vm: SimVm, { target }: MoveRequest): Objection[] {
  const to = call.world.overlayOf(target);
  const facts = { vm: vm.lab.name, host: target };
  const assigned = [
    ...assignedDevicesOf(vm),
    ...gpuPartitionsOf(vm).filter((each) => !each.SupportsOutgoingLiveMigration),
  ];
  const found: Objection[] = assigned.map((source) => ({
    messageId: IDS.device,
    message: say(call, 'device-assigned', facts),
    source,
  }));
  for (const source of fibreChannelOf(vm)) {
    const san = String(source.SanName);
    const message = say(call, 'san-missing', { ...facts, san });
    if (!to.sans.includes(san)) found.push({ messageId: IDS.san, message, source });
  }
  const { tpm, guardians } = vm.overlay.security;
  if (tpm && !guardians.every((guardian) => to.guardians.includes(guardian))) {
    const message = say(call, 'key-protector', facts);
    found.push({
      messageId: IDS.key,
      message,
      source: { $type: 'VirtualMachine', Name: vm.lab.name },
    });
  }
  return found;
}
