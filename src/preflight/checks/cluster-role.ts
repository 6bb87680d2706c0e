/**
 * B32: a clustered VM belongs to its cluster, which moves it among its own nodes alone. The way of a
 * live move depends on this, so what is not known here stops the plan.
 */

import type { Finding } from '../../domain/finding.ts';
import type { HostFacts } from '../../domain/host.ts';
import { type ClusterFacts, known } from '../../domain/hyperv.ts';
import type { HyperVVmFacts } from '../../domain/hyperv-vm.ts';
import { type Check, findingsOf, has, judge, type Subject } from '../check.ts';
import { isSameName } from '../live-hosts.ts';

const say = findingsOf('cluster-role');
type Role = NonNullable<Extract<HyperVVmFacts['clusterRole'], { value: unknown }>['value']>;

export const clusterRole: Check = {
  id: 'B32',
  name: 'cluster-role',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'block',
  applies: ({ vm }) => has(vm.hyperv?.clusterRole),
  run(subject, { method }) {
    const { vm, source, target } = subject;
    const unread = say.unread(`the cluster role of ${vm.name}`);
    const finding = judge(vm.hyperv?.clusterRole, unread, (role) => {
      if (!role) return undefined;
      const foreign = { vm: vm.name, id: vm.id, group: role.group, host: target.name };
      if (method === 'stream') return say.blocker(foreign);
      const here = clusterOf(source);
      const there = clusterOf(target);
      if ('words' in here) return say.unknown(here.words);
      if ('words' in there) return say.unknown(there.words);
      const isOne =
        here.cluster && there.cluster && isSameName(here.cluster.name, there.cluster.name);
      if (!isOne || !here.cluster || !there.cluster) return say.blocker(foreign);
      return insideFinding(subject, role, { here: here.cluster, there: there.cluster });
    });
    return finding ?? say.ok({ vm: vm.name });
  },
};

type Found = { readonly cluster: ClusterFacts | undefined } | { readonly words: string };

function clusterOf({ name, hyperv }: HostFacts): Found {
  const read = hyperv?.cluster;
  if (read && 'unread' in read) return { words: `the cluster of ${name} (${read.unread})` };
  return { cluster: known(read) ?? undefined };
}

/** Both hosts are of the VM's cluster. */
function insideFinding(
  { vm, source, target }: Subject,
  role: Role,
  { here, there }: { readonly here: ClusterFacts; readonly there: ClusterFacts },
): Finding | undefined {
  const facts = { vm: vm.name, id: vm.id, group: role.group, host: target.name };
  if (!isSameName(role.ownerNode, here.node)) {
    return say.blocker({ ...facts, host: source.name, owner: role.ownerNode }, 'cluster-owner');
  }
  const node = here.nodes.find(({ name }) => isSameName(name, there.node));
  if (node?.state !== 'Up') {
    const state = node?.state ?? 'Unknown';
    return say.blocker({ ...facts, node: there.node, state }, 'cluster-node');
  }
  // An empty list forbids nobody.
  const owners = role.possibleOwners;
  if (owners.length > 0 && !owners.some((owner) => isSameName(owner, there.node))) {
    const wanted = [...owners, there.node];
    return say.blocker({ ...facts, node: there.node, owners, wanted }, 'cluster-owners');
  }
  const unread = say.unread(`the migration networks of the cluster ${here.name}`);
  return judge(here.migrationNetworks, unread, (networks) =>
    networks.length === 0
      ? say.blocker({ vm: vm.name, cluster: here.name }, 'cluster-network')
      : undefined,
  );
}
