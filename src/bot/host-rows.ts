/** A host as people see it in lists: what its worker shows now, or that it does not answer. */

import type { HostFacts } from '../domain/host.ts';
import { Problem } from '../domain/problem.ts';
import type { HostRow } from '../slack/rows.ts';
import { type KnownHost, SILENT_SECONDS } from './hosts.ts';
import type { Looking } from './looks.ts';

/** A look at a host that is not about one of its VMs. */
const NO_VM = '';

/** Never rejects because of the host: one that cannot be looked at is away. */
export async function hostRow(from: Looking, host: KnownHost): Promise<HostRow> {
  const { name, party, seenAt } = host;
  const told = await from.toldOf?.(name);
  const unseen = {
    ...{ name, vms: [], volumes: [] },
    ...(seenAt === undefined ? {} : { seenAt }),
    ...told,
  };
  if (!party) return { ...unseen, state: 'not enrolled' };
  const now = await from.store.now();
  if (seenAt === undefined || now - seenAt > SILENT_SECONDS * 1000) {
    return { ...unseen, state: 'away' };
  }
  const facts = await lookAt(from, name);
  if (!facts) return { ...unseen, state: 'away' };
  return { ...unseen, state: 'ready', vms: facts.vms.map(vmRow), volumes: volumeRows(facts) };
}

async function lookAt({ inspect }: Looking, host: string): Promise<HostFacts | undefined> {
  try {
    return (await inspect(host, NO_VM)).host;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

function vmRow(vm: HostFacts['vms'][number]): HostRow['vms'][number] {
  const { id, name, state, memoryAssignedBytes, memoryStartupBytes, disks } = vm;
  return {
    id,
    name,
    state,
    memoryBytes: memoryAssignedBytes > 0 ? memoryAssignedBytes : memoryStartupBytes,
    disks: disks.length,
    virtualBytes: disks.reduce((sum, disk) => sum + disk.virtualBytes, 0),
  };
}

function volumeRows({ volumes, vmVolume }: HostFacts): HostRow['volumes'] {
  return volumes
    .toSorted((a, b) => Number(b.path === vmVolume) - Number(a.path === vmVolume))
    .map(({ path, bytesFree, bytesReserved, bytesTotal }) => ({
      path,
      bytesFree: Math.max(0, bytesFree - bytesReserved),
      bytesTotal,
    }));
}
