/** Which cluster and which of its groups a cmdlet is about. */

import { type Call, failure } from '../call.ts';
import type { Cluster, ClusterGroup } from '../kept.ts';
import { isLike } from '../parameters.ts';
import { resourceName } from '../shapes/cluster.ts';
import { hresult } from '../wire.ts';

/** @throws WindowsError where the host is no node */
export function clusterOf(call: Call): Cluster {
  const cluster = call.world.clusterOf(call.host.name);
  if (cluster !== undefined) return cluster;
  throw failure(call, 'no-cluster', {
    facts: { host: call.host.name },
    errorId: `${call.cmdlet},Microsoft.FailoverClusters.PowerShell.${call.cmdlet.replace('-', '')}Command`,
    category: 'ConnectionError',
    hresult: hresult(0x800706d9),
  });
}

/** The groups that a cmdlet names, by VM, group or object. */
export function groupsOf(call: Call): { cluster: Cluster; groups: readonly ClusterGroup[] } {
  const { parameters } = call;
  const cluster = clusterOf(call);
  const vmId = parameters.text('VMId')?.toLowerCase();
  const objects = parameters.objects('InputObject').map(nameOf);
  const names = [...parameters.texts('Name'), ...parameters.texts('Group'), ...objects];
  const groups = cluster.groups.filter((group) =>
    vmId !== undefined
      ? group.vmId === vmId
      : names.length === 0 ||
        names.some((name) => isLike(group.name, name) || isLike(resourceName(group), name)),
  );
  if (groups.length > 0 || (vmId === undefined && names.length === 0)) return { cluster, groups };
  throw failure(call, 'group-not-found', {
    facts: { name: vmId ?? names.join() },
    errorId: `${call.cmdlet},Microsoft.FailoverClusters.PowerShell.${call.cmdlet.replace('-', '')}Command`,
    category: 'ObjectNotFound',
    hresult: hresult(0x80071399),
    terminating: false,
  });
}

export const nameOf = ({
  $id = '[]',
  Name,
}: {
  $id?: string | undefined;
  Name?: unknown;
}): string => String(Name ?? (JSON.parse($id) as string[])[2] ?? '');
