/** A cluster's objects: facts A.11. */

import { guidOf } from '../defaults.ts';
import { enumValue } from '../enums.ts';
import type { Cluster, ClusterGroup } from '../kept.ts';
import type { DoubleObject } from '../wire.ts';

export const part = ($type: string, name: string, cluster: Cluster): DoubleObject => ({
  $type,
  $id: JSON.stringify([cluster.name, $type, name]),
  Name: name,
  Id: guidOf(`${cluster.name} ${name}`),
  Cluster: cluster.name,
});

export const nodeObject = (cluster: Cluster, name: string): DoubleObject => ({
  ...part('ClusterNode', name, cluster),
  NodeName: name,
  State: enumValue(
    'ClusterNodeState',
    cluster.nodes.find((node) => node.name === name)?.state ?? 'Unknown',
  ),
});

export const groupObject = (cluster: Cluster, group: ClusterGroup): DoubleObject => ({
  ...part('ClusterGroup', group.name, cluster),
  GroupType: enumValue('GroupType', 'VirtualMachine'),
  OwnerNode: nodeObject(cluster, group.owner),
  State: enumValue('ClusterGroupState', 'Online'),
  IsCoreGroup: false,
  LockedFromMoving: false,
});

export const resourceName = (group: ClusterGroup): string => `Virtual Machine ${group.name}`;

export const resourceObject = (cluster: Cluster, group: ClusterGroup): DoubleObject => ({
  ...part('ClusterResource', resourceName(group), cluster),
  ResourceType: 'Virtual Machine',
  OwnerGroup: groupObject(cluster, group),
  OwnerNode: nodeObject(cluster, group.owner),
  State: enumValue('ClusterResourceState', 'Online'),
});
