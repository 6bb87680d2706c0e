/** Moves of the simulator's one VM between its two hosts, and what really came of them. */

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Bench, VM_ID } from './simulator-fixture.ts';

export const other = (host: string): string => (host === 'hv-a' ? 'hv-b' : 'hv-a');

export interface Truth {
  readonly registered: readonly string[];
  readonly running: readonly string[];
  readonly lost: number;
  readonly ranTwice: boolean;
}

/** The VM runs there, is nowhere else and has lost nothing. */
export const onlyAt = (host: string): Truth => ({
  registered: [host],
  running: [host],
  lost: 0,
  ranTwice: false,
});

/** What the witness and the disks say, while the guest writes. */
export async function truth(windows: Bench): Promise<Truth> {
  await windows.guestWrites();
  const { registeredOn, runningOn, lost, ranTwice } = await windows.report();
  return {
    registered: registeredOn.map(({ host }) => host),
    running: runningOn.map(({ host }) => host),
    lost,
    ranTwice,
  };
}

export const whereIs = async (windows: Bench): Promise<string> =>
  (await truth(windows)).registered[0] ?? '';

/** The names of all files on a host's volumes. */
export async function filesAt(windows: Bench, host: string): Promise<string[]> {
  const below = ['disks', 'more-disks'].map((volume) => join(windows.dir, 'hosts', host, volume));
  const entries = await Promise.all(
    below.map((folder) => readdir(folder, { recursive: true, withFileTypes: true })),
  );
  return entries.flat().flatMap((entry) => (entry.isFile() ? [entry.name] : []));
}

/** Where the moves below put the VM. */
export const folderAt = (windows: Bench, host: string): string =>
  join(windows.dir, 'hosts', host, 'more-disks', 'moved');

/** Parameters of a move with all disks in one folder. */
export const withStorage = (windows: Bench, host: string) => ({
  Name: 'sql01',
  DestinationHost: host,
  IncludeStorage: true,
  DestinationStoragePath: folderAt(windows, host),
});

export const vmAt = (windows: Bench, host: string): Promise<Record<string, unknown>> =>
  windows.one('Get-VM', { Id: VM_ID }, { host });

/** The move that runs from this host. */
export async function runningJob(windows: Bench, host: string): Promise<Record<string, unknown>> {
  return windows.one('Get-CimInstance', {
    Namespace: 'root\\virtualization\\v2',
    ClassName: 'Msvm_MigrationJob',
    Filter: `VirtualSystemName = '${VM_ID}' AND JobState = 4`,
    ComputerName: host,
  });
}

/** RequestStateChange, by default to stop it. */
export const requestState = (
  windows: Bench,
  job: Record<string, unknown>,
  RequestedState = 4,
): Promise<Record<string, unknown>> =>
  windows.one('Invoke-CimMethod', {
    InputObject: { $type: job.$type, $id: job.$id },
    MethodName: 'RequestStateChange',
    Arguments: { RequestedState },
  });
