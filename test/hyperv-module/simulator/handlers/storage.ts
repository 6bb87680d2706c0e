/** Virtual disks and volumes: facts A.7 and A.11. */

import { stat } from 'node:fs/promises';
import { isAbsolute, join, sep } from 'node:path';
import { describeFile } from '../../../../src/disks/chain.ts';
import { createDisk } from '../../../../src/disks/create.ts';
import { Problem } from '../../../../src/domain/problem.ts';
import { hostFacts } from '../../../../src/hosts/lab/facts.ts';
import { type Call, complain, failure, type Handler, type Handlers, vmsOf } from '../call.ts';
import { guidOf } from '../defaults.ts';
import { enumValue } from '../enums.ts';
import { type DoubleObject, hresult } from '../wire.ts';

const TYPES = { fixed: 'Fixed', dynamic: 'Dynamic', differencing: 'Differencing' } as const;

const getVhd: Handler = async (call) => {
  const ids = call.parameters.has('VMId') ? await vmsOf(call, { id: 'VMId' }) : [];
  const ofVms = ids.flatMap(({ lab }) =>
    lab.disks.filter((disk) => !disk.passThrough).map(({ path }) => path),
  );
  const paths = [...ofVms, ...call.parameters.texts('Path').map((path) => call.world.real(path))];
  const found: DoubleObject[] = [];
  for (const path of paths) {
    const disk = await vhd(call, path);
    if (disk !== undefined) found.push(disk);
  }
  return found;
};

async function vhd(call: Call, path: string): Promise<DoubleObject | undefined> {
  const { world, host } = call;
  try {
    if (!world.reaches(host.name, path)) throw new Problem('disk-missing', { file: path });
    const disk = await describeFile(path);
    const { size } = await stat(path);
    return {
      $type: 'VirtualHardDisk',
      $id: path,
      ComputerName: host.name,
      Path: world.shown(path),
      VhdFormat: enumValue('VhdFormat', disk.format.toUpperCase()),
      VhdType: enumValue('VhdType', TYPES[disk.type]),
      FileSize: size,
      Size: disk.virtualBytes,
      MinimumSize: disk.virtualBytes,
      LogicalSectorSize: disk.logicalSectorBytes,
      PhysicalSectorSize: disk.physicalSectorBytes,
      BlockSize: disk.blockBytes,
      ParentPath: world.shown(world.late.parentOf(path) ?? disk.parent?.path ?? ''),
      DiskIdentifier: disk.diskId.toUpperCase(),
      FragmentationPercentage: 0,
      Alignment: 1,
      Attached: false,
      DiskNumber: null,
      IsPMEMCompatible: false,
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    complain(
      call,
      failure(call, 'vhd-unreadable', {
        facts: { path: world.shown(path) },
        errorId: 'ObjectNotFound',
        category: 'ObjectNotFound',
        hresult: hresult(0x80070002),
        target: world.shown(path),
      }),
    );
    return undefined;
  }
}

/** An empty, dynamic one; nothing else is asked for. */
const newVhd: Handler = async (call) => {
  const { parameters, world } = call;
  const path = world.real(parameters.text('Path') ?? '');
  const format = path.endsWith('.vhd') ? 'vhd' : 'vhdx';
  await createDisk(path, { virtualBytes: parameters.number('SizeBytes') ?? 0, format });
  return vhd(call, path);
};

/** The volumes of the lab's host, and the storage that it shares with others. */
async function volumesOf({ world, host }: Call) {
  const { volumes } = await hostFacts(world.dir, host.name);
  const shared = world.kept.storage.filter(({ reachableBy }) => reachableBy.includes(host.name));
  const like = volumes[0];
  return [
    ...volumes,
    ...shared.map(({ folder }) => ({
      path: folder,
      fileSystem: 'CSVFS',
      bytesTotal: like?.bytesTotal ?? 0,
      bytesFree: like?.bytesFree ?? 0,
    })),
  ];
}

const getVolume: Handler = async (call) => {
  const volumes = await volumesOf(call);
  const objects = volumes.map(({ path, fileSystem, bytesTotal, bytesFree }, index) => ({
    real: path,
    object: {
      $type: 'MSFT_Volume',
      $id: JSON.stringify([call.host.name, path]),
      UniqueId: `\\\\?\\Volume{${guidOf(`volume ${path}`)}}\\`,
      ObjectId: guidOf(`volume ${path}`),
      Path: call.world.shown(path),
      // Where the lab is no Windows a volume has no letter; its folder stands for the mount point.
      DriveLetter: null,
      FileSystem: fileSystem,
      FileSystemType: fileSystem,
      FileSystemLabel: index === 0 ? 'VMs' : 'More',
      AllocationUnitSize: 4096,
      DriveType: 'Fixed',
      Size: bytesTotal,
      SizeRemaining: bytesFree,
      HealthStatus: 'Healthy',
    },
  }));
  const files = [...call.parameters.texts('FilePath'), ...call.parameters.texts('Path')];
  if (files.length === 0) return objects.map(({ object }) => object);
  return files.flatMap((file) => {
    const real = call.world.real(file);
    const path = isAbsolute(real) ? real : join('/', real);
    const found = objects.find((each) => path === each.real || path.startsWith(each.real + sep));
    if (found !== undefined) return [found.object];
    complain(
      call,
      failure(call, 'group-not-found', {
        facts: { name: file },
        errorId: 'CmdletizationQuery_NotFound_FilePath,Get-Volume',
        category: 'ObjectNotFound',
        target: file,
      }),
    );
    return [];
  });
};

export const storageHandlers: Handlers = {
  'Get-VHD': getVhd,
  'Get-Volume': getVolume,
  'New-VHD': newVhd,
};
