/** What Compare-VM and Move-VM are asked for, checked as their parameter sets demand: facts A.5. */

import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { chainFiles } from '../../../../src/disks/chain.ts';
import { exists } from '../../../../src/hosts/files.ts';
import { type Call, failure } from '../call.ts';
import type { SimVm } from '../kept.ts';
import { hresult } from '../wire.ts';
import type { MovedFile, MoveRequest } from './job.ts';

const vhdsSchema = z.array(
  z.looseObject({ SourceFilePath: z.string(), DestinationFilePath: z.string() }),
);

/** @throws WindowsError for an unknown target, and for places that are no places */
export async function moveRequest(call: Call, vm: SimVm): Promise<MoveRequest> {
  const { parameters, world } = call;
  const target = targetOf(call);
  const chains = await chainsOf(vm);
  const storage = parameters.text('DestinationStoragePath');
  const vhds = vhdsSchema.parse(parameters.list('Vhds'));
  if (parameters.flag('IncludeStorage') && storage === undefined)
    throw wrong(call, 'IncludeStorage without DestinationStoragePath');
  const files =
    storage !== undefined
      ? chains.flatMap((chain) => inOneFolder(call, chain, world.real(storage)))
      : vhds.length > 0
        ? once(chains.flatMap((chain) => placed(call, chain, vhds)))
        : [];
  const moved = files.filter(({ from, to }) => from !== to);
  const configuration = parameters.text('VirtualMachinePath') ?? storage;
  const snapshots = parameters.text('SnapshotFilePath') ?? storage;
  const paging = parameters.text('SmartPagingFilePath') ?? storage;
  return {
    vmId: vm.lab.id,
    name: vm.lab.name,
    source: vm.host,
    target,
    way: moved.length > 0 ? 'storage' : 'memory',
    files: moved,
    folders: {
      ...(configuration === undefined ? {} : { configuration }),
      ...(snapshots === undefined ? {} : { snapshots }),
      ...(paging === undefined ? {} : { paging }),
    },
  };
}

/** The target must be able to put them there. */
export async function refusePlaces(call: Call, { target, files }: MoveRequest): Promise<void> {
  for (const { to } of files) {
    if (!call.world.reaches(target, to))
      throw wrong(call, `${call.world.shown(to)} is no path of ${target}`, 0x80070003);
    if (await exists(to))
      throw failure(call, 'files-exist', {
        facts: { path: call.world.shown(to) },
        errorId: 'ObjectInUse',
        category: 'ResourceExists',
        hresult: hresult(0x80070050),
      });
  }
}

function targetOf(call: Call): string {
  const { parameters, world } = call;
  const given =
    parameters.text('DestinationHost') ??
    parameters.objects('DestinationCimSession')[0]?.ComputerName ??
    '';
  const target = world.hostName(given);
  if (target !== undefined) return target;
  throw failure(call, 'host-not-found', {
    facts: { host: given },
    errorId: 'InvalidParameter',
    category: 'InvalidArgument',
    hresult: hresult(0x80072af9),
    target: given,
  });
}

/** The real disks' files, each chain leaf first. */
async function chainsOf(vm: SimVm): Promise<string[][]> {
  const disks = vm.lab.disks.filter((disk) => !disk.passThrough);
  return Promise.all(
    disks.map(async ({ path }) => (await chainFiles(path)).map(({ identity }) => identity.path)),
  );
}

/** Several disks may stand on one. */
const once = (files: readonly MovedFile[]): MovedFile[] => [
  ...new Map(files.map((file) => [file.from, file])).values(),
];

/** Whether the file below stands there by no checkpoint: facts B46. */
const isApart = (child: string | undefined): boolean =>
  child !== undefined && !/\.avhdx?$/i.test(child);

/** @throws WindowsError where a disk stands on another: such a move has no place for that */
function inOneFolder(call: Call, chain: readonly string[], folder: string): MovedFile[] {
  const apart = chain.find((_, index) => isApart(chain[index - 1]));
  if (apart !== undefined) throw wrong(call, `${call.world.shown(apart)} has no place`, 0x80070032);
  return chain.map((from, index) => {
    const to = join(folder, 'Virtual Hard Disks', basename(from));
    return { from, to, ...parentOf(chain, index) };
  });
}

const parentOf = (chain: readonly string[], index: number): Pick<MovedFile, 'parent'> => {
  const parent = chain[index + 1];
  return parent === undefined ? {} : { parent };
};

/** A chain goes where its entry says; what a checkpoint stands on follows, any other has its own entry. */
function placed(
  call: Call,
  chain: readonly string[],
  vhds: z.infer<typeof vhdsSchema>,
): MovedFile[] {
  const { world } = call;
  const places = new Map(
    vhds.map(({ SourceFilePath, DestinationFilePath }) => [
      world.real(SourceFilePath),
      world.real(DestinationFilePath),
    ]),
  );
  const named = chain.find((file) => places.has(file));
  const first = named === undefined ? undefined : places.get(named);
  if (first === undefined)
    throw wrong(call, `Vhds has no place for ${world.shown(chain[0] ?? '')}`);
  return chain.map((from, index) => {
    const apart = isApart(chain[index - 1]);
    const to = places.get(from) ?? (apart ? undefined : join(dirname(first), basename(from)));
    if (to === undefined)
      throw wrong(call, `Vhds has no place for ${world.shown(from)}`, 0x80070032);
    if (basename(to) !== basename(from))
      throw wrong(call, `Vhds changes the name of ${world.shown(from)}`);
    return { from, to, ...parentOf(chain, index), ...(apart ? { stays: true } : {}) };
  });
}

const wrong = (call: Call, detail: string, code = 0x80070057) =>
  failure(call, 'parameter-wrong', {
    facts: { detail },
    errorId: 'InvalidParameter',
    category: 'InvalidArgument',
    hresult: hresult(code),
  });
