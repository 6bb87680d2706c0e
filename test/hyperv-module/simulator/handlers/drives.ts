/** Changing a VM's drives: facts D.8. */

import { describeFile } from '../../../../src/disks/chain.ts';
import { Problem } from '../../../../src/domain/problem.ts';
import { exists } from '../../../../src/hosts/files.ts';
import { realDisks } from '../../../../src/hosts/lab/checkpoints.ts';
import type { LabDisk } from '../../../../src/hosts/lab/state.ts';
import { busy, type Call, failure, type Handler, type Handlers, partsOf, vmsOf } from '../call.ts';
import type { SimVm } from '../kept.ts';
import type { VmOverlay } from '../overlay.ts';
import { controllerOf, dvdDrives, hardDisks } from '../shapes/devices.ts';
import { hresult } from '../wire.ts';

/** Of one SCSI controller. */
const PLACES = 64;

const setDvd: Handler = async (call) => {
  const { parameters, world } = call;
  const wanted: { vm: SimVm; controller: number; location: number }[] = [];
  for (const object of parameters.objects('VMDvdDrive')) {
    const [host = '', vmId = '', part = '0:0'] = partsOf(object);
    const vm = await world.vmOrPlanned(host, vmId);
    const [controller = 0, location = 0] = part.split(':').map(Number);
    if (vm) wanted.push({ vm, controller, location });
  }
  if (wanted.length === 0) {
    for (const vm of await vmsOf(call)) {
      const [first] = vm.overlay.dvdDrives;
      const controller = parameters.number('ControllerNumber') ?? first?.controller ?? 0;
      const location = parameters.number('ControllerLocation') ?? first?.location ?? 0;
      wanted.push({ vm, controller, location });
    }
  }
  const path = parameters.text('Path') ?? '';
  const media = path === '' ? 'None' : 'ISO';
  const shown: unknown[] = [];
  for (const { vm, controller, location } of wanted) {
    const now = (await world.vmOrPlanned(vm.host, vm.place.vmId)) ?? vm;
    await refuseMissingMedium(call, now, path);
    const drives = now.overlay.dvdDrives.map((drive): VmOverlay['dvdDrives'][number] =>
      drive.controller === controller && drive.location === location
        ? { ...drive, media, path }
        : drive,
    );
    await world.changeVm(now, { dvdDrives: drives });
    shown.push(dvdDrives({ ...now, overlay: { ...now.overlay, dvdDrives: drives } }));
  }
  return parameters.flag('Passthru') ? shown.flat() : undefined;
};

/** Windows opens a medium before it takes it. */
async function refuseMissingMedium(call: Call, vm: SimVm, path: string): Promise<void> {
  if (path === '') return;
  const { world } = call;
  const real = world.real(path);
  const isThere = world.reaches(vm.host, real) && (await exists(real));
  if (isThere || world.overlayOf(vm.host).files.includes(path)) return;
  throw failure(call, 'file-not-found', {
    facts: { vm: vm.lab.name, path },
    errorId: 'ObjectNotFound',
    category: 'ObjectNotFound',
    hresult: hresult(0x80070002),
    target: path,
  });
}

interface Found {
  readonly vm: SimVm;
  readonly disk: LabDisk;
}

/** By object, or by VM and where it is attached; without that the first. */
async function disksOf(call: Call): Promise<Found[]> {
  const { parameters, world } = call;
  const given = parameters.objects('VMHardDiskDrive');
  const found: Found[] = [];
  for (const object of given) {
    const [host = '', vmId = '', id = ''] = partsOf(object);
    const vm = await world.vmOrPlanned(host, vmId);
    const disk = vm?.lab.disks.find((each) => each.id === id);
    if (vm && disk) found.push({ vm, disk });
  }
  if (given.length > 0) return found;
  const type = parameters.member('ControllerType', 'ControllerType');
  const [number, location] = ['ControllerNumber', 'ControllerLocation'].map((name) =>
    parameters.number(name),
  );
  const is = (wanted: unknown, value: unknown) => wanted === undefined || wanted === value;
  for (const vm of await vmsOf(call)) {
    const disk = realDisks(vm.lab.disks).find(({ id }) => {
      const at = controllerOf(id);
      return is(type, at.type) && is(number, at.number) && is(location, at.location);
    });
    if (disk) found.push({ vm, disk });
  }
  return found;
}

const setDisk: Handler = async (call) => {
  const { parameters, world } = call;
  const path = parameters.text('Path');
  if (parameters.names().some((name) => name.startsWith('tocontroller')))
    throw new RangeError('The simulator moves no disk to another controller');
  const shown: unknown[] = [];
  for (const { vm, disk } of await disksOf(call)) {
    if (path !== undefined) await replace(call, { vm, disk }, path);
    const now = (await world.vmOrPlanned(vm.host, vm.place.vmId)) ?? vm;
    shown.push(...hardDisks(world, now).filter((_, index) => now.lab.disks[index]?.id === disk.id));
  }
  return parameters.flag('Passthru') ? shown : undefined;
};

/** At the first free place of its first SCSI controller, as Windows chooses where none is given. */
const addDisk: Handler = async (call) => {
  const { parameters, world } = call;
  const path = parameters.text('Path') ?? '';
  for (const vm of await vmsOf(call)) {
    await refuseBusy(call, vm);
    const { real, isDisk } = await verified(call, vm, path);
    const taken = vm.lab.disks.map(({ id }) => id);
    const at = Array.from({ length: PLACES }, (_, place) => `SCSI 0:${place}`);
    const id = at.find((place) => !taken.includes(place)) ?? '';
    const virtualBytes = isDisk ? (await describeFile(real)).virtualBytes : 0;
    const added = { id, path: real, virtualBytes, idle: true };
    await world.changeLab(vm, ({ disks }) => ({ disks: [...disks, added] }));
    if (isDisk) await world.attachments.attach(vm, real);
  }
  return undefined;
};

const removeDisk: Handler = async (call) => {
  for (const { vm, disk } of await disksOf(call)) {
    await refuseBusy(call, vm);
    await call.world.changeLab(vm, ({ disks }) => ({
      disks: disks.filter(({ id }) => id !== disk.id),
    }));
  }
  return undefined;
};

async function refuseBusy(call: Call, vm: SimVm): Promise<void> {
  if (vm.isPlanned === true || (await call.world.stateOf(vm)) === 'Off') return;
  throw busy(call, vm);
}

/** @throws WindowsError while the VM runs, and for what is no disk */
async function replace(call: Call, { vm, disk }: Found, path: string): Promise<void> {
  const { world } = call;
  await refuseBusy(call, vm);
  const { real, isDisk } = await verified(call, vm, path);
  await world.changeLab(vm, ({ disks }) => ({
    disks: disks.map((each) => (each.id === disk.id ? { ...each, path: real } : each)),
  }));
  if (isDisk) await world.attachments.attach(vm, real);
}

/** @throws WindowsError for what is no disk, unless the caller says that it need not be one */
async function verified(call: Call, vm: SimVm, path: string) {
  const { world, parameters } = call;
  const real = world.real(path);
  const isDisk = world.isOwn(vm.host, real) && (await isReadable(real));
  if (!isDisk && !parameters.flag('AllowUnverifiedPaths'))
    throw failure(call, 'vhd-unreadable', {
      facts: { path },
      errorId: 'ObjectNotFound',
      category: 'ObjectNotFound',
      hresult: hresult(0x80070002),
      target: path,
    });
  return { real, isDisk };
}

async function isReadable(path: string): Promise<boolean> {
  try {
    const { format } = await describeFile(path);
    // Windows opens a file by what its name ends with.
    return /\.a?vhd$/i.test(path) === (format === 'vhd');
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

export const driveHandlers: Handlers = {
  'Add-VMHardDiskDrive': addDisk,
  'Remove-VMHardDiskDrive': removeDisk,
  'Set-VMDvdDrive': setDvd,
  'Set-VMHardDiskDrive': setDisk,
};
