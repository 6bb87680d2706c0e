/** A failover cluster's questions, as far as VMs need them: facts A.11. */

import { hostFacts } from '../../../../src/hosts/lab/facts.ts';
import type { Handler, Handlers } from '../call.ts';
import { guidOf } from '../defaults.ts';
import { enumValue } from '../enums.ts';
import { isLike } from '../parameters.ts';
import { groupObject, nodeObject, part, resourceName, resourceObject } from '../shapes/cluster.ts';
import { clusterOf, groupsOf, nameOf } from './cluster-groups.ts';
import { migrationState, moveRole } from './cluster-move.ts';

const parameterHandler: Handler = (call) => {
  const { parameters } = call;
  const [object] = parameters.objects('InputObject');
  const cluster = clusterOf(call);
  const names = parameters.texts('Name');
  const wanted = (name: string) => names.length === 0 || names.some((each) => isLike(name, each));
  const name = object === undefined ? '' : nameOf(object);
  const group = cluster.groups.find((each) => resourceName(each) === name);
  const values: Record<string, unknown> =
    group === undefined
      ? {
          MigrationExcludeNetworks: cluster.networks
            .filter(({ migration }) => !migration)
            .map((network) => guidOf(`${cluster.name} ${network.name}`))
            .join(';'),
        }
      : {
          VmID: group.vmId,
          MigrationState: migrationState(
            call.world.moves.findLast(({ request }) => request.vmId === group.vmId),
          ),
        };
  return Object.entries(values)
    .filter(([each]) => wanted(each))
    .map(([Name, Value]) => ({
      $type: 'ClusterParameter',
      ClusterObject: name,
      Name,
      IsReadOnly: false,
      ParameterType: typeof Value === 'number' ? 'UInt32' : 'String',
      Value,
    }));
};

const sharedVolumes: Handler = async (call) => {
  const cluster = clusterOf(call);
  const { volumes } = await hostFacts(call.world.dir, call.host.name);
  const like = volumes[0];
  return call.world.kept.storage
    .filter(({ kind }) => kind === 'cluster')
    .map(({ name }, index) => ({
      ...part('ClusterSharedVolume', `Cluster Disk ${index + 1}`, cluster),
      OwnerNode: nodeObject(cluster, cluster.nodes[0]?.name ?? ''),
      State: enumValue('ClusterResourceState', 'Online'),
      SharedVolumeInfo: [
        {
          $type: 'ClusterSharedVolumeInfo',
          FriendlyVolumeName: name,
          Partition: {
            $type: 'ClusterDiskPartitionInfo',
            Name: name,
            FileSystem: 'CSVFS',
            Size: like?.bytesTotal ?? 0,
            FreeSpace: like?.bytesFree ?? 0,
          },
        },
      ],
    }));
};

export const clusterHandlers: Handlers = {
  'Get-Cluster': (call) => {
    const cluster = clusterOf(call);
    return {
      ...part('Cluster', cluster.name, cluster),
      Domain: call.host.overlay.domain.name,
      SharedVolumesRoot: 'C:\\ClusterStorage',
      MaximumParallelMigrations: cluster.movesMax,
    };
  },
  'Get-ClusterNode': (call) => {
    const cluster = clusterOf(call);
    const names = call.parameters.texts('Name');
    return cluster.nodes
      .filter(({ name }) => names.length === 0 || names.some((each) => isLike(name, each)))
      .map(({ name }) => nodeObject(cluster, name));
  },
  'Get-ClusterGroup': (call) => {
    const { cluster, groups } = groupsOf(call);
    return groups.map((group) => groupObject(cluster, group));
  },
  'Get-ClusterResource': (call) => {
    const { cluster, groups } = groupsOf(call);
    return groups.map((group) => resourceObject(cluster, group));
  },
  'Get-ClusterOwnerNode': (call) => {
    const { parameters } = call;
    const cluster = clusterOf(call);
    const objects = parameters.objects('InputObject').map(nameOf);
    const names = [...parameters.texts('Resource'), ...parameters.texts('Group'), ...objects];
    return cluster.groups
      .filter((group) => names.includes(group.name) || names.includes(resourceName(group)))
      .map((group) => ({
        $type: 'ClusterOwnerNodeList',
        ClusterObject: group.name,
        OwnerNodes: group.possibleOwners.map((name) => nodeObject(cluster, name)),
      }));
  },
  'Get-ClusterParameter': parameterHandler,
  'Get-ClusterSharedVolume': sharedVolumes,
  'Get-ClusterNetwork': (call) => {
    const cluster = clusterOf(call);
    return cluster.networks.map(({ name, subnet, migration }) => ({
      ...part('ClusterNetwork', name, cluster),
      Address: subnet.split('/')[0],
      AddressMask: '255.255.255.0',
      Ipv4Addresses: [subnet.split('/')[0]],
      Ipv4PrefixLengths: [Number(subnet.split('/')[1])],
      Role: enumValue('ClusterNetworkRole', migration ? 'Cluster' : 'ClusterAndClient'),
      State: enumValue('ClusterNetworkState', 'Up'),
    }));
  },
  'Get-ClusterResourceType': (call) =>
    part('ClusterResourceType', 'Virtual Machine', clusterOf(call)),
  'Move-ClusterVirtualMachineRole': moveRole,
};
