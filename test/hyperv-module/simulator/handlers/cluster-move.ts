/** Move-ClusterVirtualMachineRole, with its own rule for cancelling: facts A.11 and A.12. */

import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, failure, type Handler } from '../call.ts';
import type { Cluster, ClusterGroup } from '../kept.ts';
import { objectionsTo } from '../moves/compare.ts';
import { JOB_STATE, type MoveJob, type MoveRequest } from '../moves/job.ts';
import { beginMove } from '../moves/run.ts';
import { groupObject } from '../shapes/cluster.ts';
import { type DoubleObject, hresult, type WindowsError } from '../wire.ts';
import { groupsOf } from './cluster-groups.ts';
import { refuseBusy, refuseFailed } from './moves.ts';

export const moveRole: Handler = async (call) => {
  const { parameters, world } = call;
  const { cluster, groups } = groupsOf(call);
  const [group] = groups;
  if (group === undefined) return undefined;
  if (parameters.flag('Cancel')) return cancel(call, cluster, group);
  const target = targetNode(call, cluster, group);
  const vm = await world.vm(group.owner, group.vmId);
  if (vm === undefined) throw new Error(`${group.name} is not on ${group.owner}`);
  if ((await world.stateOf(vm)) !== 'Running' && parameters.text('MigrationType') === 'Live')
    throw refused(call, 'busy', { vm: group.name });
  await refuseBusy(call, vm);
  const request: MoveRequest = {
    vmId: group.vmId,
    name: vm.lab.name,
    source: group.owner,
    target,
    way: 'cluster',
    files: [],
    folders: {},
  };
  const objections = await objectionsTo(call, vm, request);
  if (objections.length > 0) {
    const details = objections.map(({ message }) => message).join(' ');
    throw refused(call, 'incompatible', { vm: vm.lab.name, details });
  }
  const job = await beginMove(world, request);
  // -Wait 0 comes back at once; without -Wait it stays until the end.
  const seconds = parameters.number('Wait');
  if (seconds === undefined) await job.over;
  else await Promise.race([job.over, sleep(seconds * 1000)]);
  if (job.isOver) refuseFailed(job);
  const now = world.groupOf(group.vmId) ?? group;
  return groupObject(cluster, now);
};

/** A node that is up and a possible owner. @throws WindowsError */
function targetNode(call: Call, cluster: Cluster, group: ClusterGroup): string {
  const given = call.parameters.text('Node') ?? '';
  const node = cluster.nodes.find(({ name }) => name.toLowerCase() === given.toLowerCase());
  const name = node?.name ?? call.world.hostName(given) ?? '';
  const found = cluster.nodes.find((each) => each.name === name);
  if (found === undefined || !group.possibleOwners.includes(name))
    throw refused(call, 'not-possible-owner', { node: given }, 0x80071398);
  if (found.state !== 'Up') throw refused(call, 'node-down', { node: given }, 0x800713ba);
  return name;
}

/** Only during setup and data transfer (facts A.12). */
function cancel(call: Call, cluster: Cluster, group: ClusterGroup): DoubleObject {
  const job = call.world.moveOf(group.vmId);
  const state = migrationState(job);
  if (job === undefined || (state !== 1 && state !== 2))
    throw refused(call, 'busy', { vm: group.name });
  const vm = [job.request.vmId, job.request.name];
  const isRefused = call.world.faults.take('cancel-refused', { vm });
  if (isRefused) throw refused(call, 'busy', { vm: group.name });
  if (call.world.faults.take('cancel-too-late', { vm })) job.cancelIgnored = true;
  job.requestStateChange(4);
  return groupObject(cluster, group);
}

const refused = (
  call: Call,
  key: Parameters<typeof failure>[1],
  facts: Readonly<Record<string, string>>,
  code = 0x80041001,
): WindowsError =>
  failure(call, key, {
    facts,
    errorId: `${call.cmdlet},Microsoft.FailoverClusters.PowerShell.MoveClusterVirtualMachineRoleCommand`,
    category: 'NotSpecified',
    hresult: hresult(code),
  });

/** 0 none, 1 setup, 2 data transfer, 3 moving, 4 cancelled, 5 failed (facts A.12). */
export function migrationState(job: MoveJob | undefined): number {
  if (job === undefined) return 0;
  if (job.isOver)
    return job.state === JOB_STATE.terminated ? 4 : job.state === JOB_STATE.exception ? 5 : 0;
  if (job.phase === 'switching') return 3;
  return job.percent < 5 ? 1 : 2;
}
