/** Words of the checks of the VM itself, each with the commands that mend it. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import { textsOfChecks } from '../checks.ts';
import { quoted } from '../powershell.ts';
import { listText } from './amounts.ts';

/** What each check looks at, for its `-ok` and `-unknown` texts. */
const LOOKS_AT = {
  'vm-at-work': 'Whether another job has the VM',
  'cluster-role': 'The cluster that the VM may belong to',
  checkpoints: 'The number of checkpoints, and what they stand on',
  'recovery-checkpoint': 'Checkpoints of backups',
  'differencing-disk': 'Disks that stand on other disks',
  'shared-disk': 'Disks that several VMs share',
  'dvd-media': 'Media in the DVD drives',
  'configuration-version': 'The configuration version of the VM',
  'virtual-tpm': 'The virtual TPM',
  'assigned-device': 'Devices of the host that the VM has for itself',
  'gpu-partition': 'Parts of a GPU',
  'auto-start': 'What the host does with the VM when it boots',
};

const general = textsOfChecks(LOOKS_AT, {
  ok: (subject) => () => ({ text: `${subject}: well.`, remedy: 'Nothing to do.' }),
  unknown:
    (subject) =>
    ({ what }) => ({
      text: `${subject} could not be judged: ${what ?? 'the facts'} could not be read.`,
      remedy: 'Look at it by hand; approving the plan accepts it as it is.',
    }),
});

/** What is well and still worth a word. */
const notes = {
  'auto-start-ok': ({ vm, action }) => ({
    text: `When its host boots, ${vm}: ${actionText(action)}. It is the same after the move; while the stream has the VM, the source starts nothing.`,
    remedy: 'Nothing to do.',
  }),
  'dvd-media-ok': ({ files }) => ({
    text: isEmpty(files)
      ? 'Media in the DVD drives: none.'
      : `These stay in their drives, because the target has them too: ${listText(files)}.`,
    remedy: 'Nothing to do.',
  }),
  'cluster-role-unknown': ({ what }) => ({
    text: `Whether a cluster moves this VM could not be judged: ${what ?? 'the facts'} could not be read.`,
    remedy: 'See that the cluster service runs on both hosts (Get-ClusterNode), then ask again.',
  }),
} satisfies Record<string, TextOf>;

const state = {
  'vm-critical': ({ vm, host, state: now }) => ({
    text: `${vm} on ${host} is ${now}: Hyper-V stopped it because its storage fails or is full.`,
    remedy: `Look at the volumes of ${host} (Get-Volume) and at its event log, mend the storage, then ask again.`,
  }),
  'vm-state-passing': ({ vm, host, state: now }) => ({
    text: `${vm} on ${host} is ${now}, and cannot move before that has ended.`,
    remedy: 'Wait until it is running, off, saved or paused, then ask again.',
  }),
  'vm-at-work': ({ vm, host, statuses }) => ({
    text: `${vm} on ${host} is busy, and cannot move before that has ended: ${listText(statuses)}.`,
    remedy: `Wait for the backup or merge. If it does not end, run on ${host}: vssadmin list writers`,
  }),
  'vm-unwell': ({ vm, host, statuses }) => ({
    text: `Hyper-V on ${host} reports of ${vm}: ${listText(statuses)}.`,
    remedy: `Look at the event log of ${host} (Hyper-V-Worker-Admin) and mend it, or accept it.`,
  }),
  'vm-planned-at-target': ({ vm, host, id }) => ({
    text: `An earlier move or check left ${vm} planned on ${host} (Id ${id}).`,
    remedy:
      `Wait half a minute and ask again. If it stays, run on ${host}: ` +
      `$planned = Get-CimInstance -Namespace root\\virtualization\\v2 -ClassName Msvm_PlannedComputerSystem | Where-Object Name -eq ${quoted(id)}; ` +
      'Get-CimInstance -Namespace root\\virtualization\\v2 -ClassName Msvm_VirtualSystemManagementService | ' +
      'Invoke-CimMethod -MethodName DestroySystem -Arguments @{ AffectedSystem = [ref]$planned }',
  }),
} satisfies Record<string, TextOf>;

const cluster = {
  'cluster-role': ({ vm, id, group, host }) => ({
    text: `${vm} is the role ${group} of a cluster, which alone may move it, and not to ${host}.`,
    remedy:
      'Take it out of the cluster; the VM itself stays and runs on: ' +
      `Remove-ClusterGroup -VMId ${quoted(id)} -RemoveResources. ` +
      `To put it back later: Add-ClusterVirtualMachineRole -VMId ${quoted(id)}`,
  }),
  'cluster-owner': ({ vm, host, owner }) => ({
    text: `The cluster has ${vm} on ${owner}, not on ${host}.`,
    remedy: 'Ask again; if it stays so, look at the cluster: Get-ClusterGroup',
  }),
  'cluster-node': ({ vm, node, state: now }) => ({
    text: `The cluster does not take ${vm} to ${node}: that node is ${now}.`,
    remedy: `If it is paused, run: Resume-ClusterNode -Name ${quoted(node)}. If it is down: Start-ClusterNode -Name ${quoted(node)}`,
  }),
  'cluster-owners': ({ vm, id, node, owners, wanted }) => ({
    text: `The cluster does not allow ${vm} on ${node}. Its possible owners: ${listText(owners)}.`,
    remedy: `Run: Get-ClusterGroup -VMId ${quoted(id)} | Get-ClusterResource | Set-ClusterOwnerNode -Owners ${quoted(wanted)}`,
  }),
  'cluster-network': ({ vm, cluster: name }) => ({
    text: `No network of the cluster ${name} may be used for live migration, so ${vm} cannot move.`,
    remedy:
      `Allow all: Get-ClusterResourceType -Cluster ${quoted(name)} -Name 'Virtual Machine' | ` +
      "Set-ClusterParameter -Name MigrationExcludeNetworks -Value ''. Then forbid in Failover Cluster Manager what must not be used.",
  }),
} satisfies Record<string, TextOf>;

const disks = {
  checkpoints: ({ vm, id, checkpoints, devices }) => ({
    text: `${vm} has checkpoints (${listText(checkpoints)}) beside disks that none can hold: ${listText(devices)}.`,
    remedy: `Merge them: ${removeCheckpoints(id)}`,
  }),
  'checkpoints-many': ({ vm, id, count, countMax }) => ({
    text: `${vm} has ${count} checkpoints; more than ${countMax} make the move slow.`,
    remedy: `Merge those that nobody needs: ${removeCheckpoints(id)}. Or accept it.`,
  }),
  'recovery-checkpoint': ({ vm, id, host, checkpoints }) => ({
    text: `A backup has made checkpoints of ${vm} on ${host}, or left them behind: ${listText(checkpoints)}.`,
    remedy:
      'Wait for the backup. If none runs, merge them: ' +
      `Get-VM -Id ${quoted(id)} | Get-VMSnapshot -SnapshotType Recovery | Remove-VMSnapshot`,
  }),
  'checkpoint-file-left': ({ vm, host, files }) => ({
    text: `${vm} on ${host} runs on files of checkpoints that are gone: ${listText(files)}. Never delete them; they hold its newest data.`,
    remedy:
      'Make a backup, shut the VM down, merge each file into its parent and give the VM that disk: ' +
      `${quoted(files)} | ForEach-Object { Merge-VHD -Path $_ }, then Set-VMHardDiskDrive`,
  }),
  'differencing-disk': ({ vm, host, files, vms }) => ({
    text: `Disks of ${vm} on ${host} stand on ${listText(files)}, which these VMs use too: ${listText(vms)}.`,
    remedy: ownDisk,
  }),
  'differencing-disk-alone': ({ vm, host, files }) => ({
    text: `Disks of ${vm} on ${host} stand on other disks, which are copied too and stay there: ${listText(files)}.`,
    remedy: `${ownDisk} Or accept it, and delete those on ${host} after the move if nothing else stands on them.`,
  }),
  'shared-disk': ({ vm, disks: shared }) => ({
    text: `${vm} shares disks with other VMs, and those cannot be copied while in use: ${listText(shared)}.`,
    remedy:
      'Shut the guest cluster down, detach them with Remove-VMHardDiskDrive, or put them on a share that both hosts reach; then ask again.',
  }),
  'dvd-media': ({ vm, id, host }) => ({
    text: `${vm} uses the DVD drive of ${host} itself, which stays there.`,
    remedy: `Run on ${host}: Get-VM -Id ${quoted(id)} | Get-VMDvdDrive | Set-VMDvdDrive -Path $null`,
  }),
  'dvd-media-ejected': ({ vm, host, files, shared }) => ({
    text:
      `${vm} has media in its DVD drives that ${host} does not have, or does not tell about: ${listText(files)}. They are ejected, and those that ${host} lacks are not put back.` +
      `${isEmpty(shared) ? '' : ` Its computer account must be able to read these: ${listText(shared)}.`}`,
    remedy: `Copy them to ${host} under the same paths and ask again, or accept it.`,
  }),
  'dvd-media-share': ({ vm, id, host, files }) => ({
    text: `${vm} has media from a share in its DVD drives, which the computer account of ${host} must be able to read: ${listText(files)}.`,
    remedy: `Give ${host}$ the right to read there, or eject them: Get-VM -Id ${quoted(id)} | Get-VMDvdDrive | Set-VMDvdDrive -Path $null. Or accept it.`,
  }),
} satisfies Record<string, TextOf>;

const features = {
  'configuration-version': ({ vm, host, version, versions }) => ({
    text: `${host} does not know the configuration version ${version} of ${vm}. It knows: ${listText(versions)}.`,
    remedy: `Choose a host with a newer Windows, or update ${host}: a version never goes down.`,
  }),
  'configuration-version-old': ({ vm, id, host, version, versions }) => ({
    text: `The configuration version ${version} of ${vm} is too old for ${host}, which knows: ${listText(versions)}.`,
    remedy: `Shut it down and run: Get-VM -Id ${quoted(id)} | Update-VMVersion. This cannot be undone, and an older Windows no longer takes the VM.`,
  }),
  'configuration-version-by-steps': ({ vm, id, host, source, version, versions }) => ({
    text: `The configuration version ${version} of ${vm} is too old for ${host}, which knows: ${listText(versions)}. ${source} cannot raise it.`,
    remedy: `Move it to a host with Windows Server 2016 or 2019 first, shut it down there and run: Get-VM -Id ${quoted(id)} | Update-VMVersion. This cannot be undone.`,
  }),
  'virtual-tpm': ({ vm, host, source, missing }) => ({
    text: `${vm} has a virtual TPM, and ${host} has none of the certificates that open it: ${listText(missing)}.`,
    remedy: moveGuardians(source, host, missing),
  }),
  'virtual-tpm-in-part': ({ vm, host, source, missing }) => ({
    text: `${vm} has a virtual TPM, and ${host} lacks some of the certificates that open it: ${listText(missing)}.`,
    remedy: `${moveGuardians(source, host, missing)}. Or accept it, if one guardian of it is whole on ${host}.`,
  }),
  'assigned-device': ({ vm, id, host, devices }) => ({
    text: `${vm} has devices of ${host} for itself, and those stay there: ${listText(devices)}.`,
    remedy: `Shut the VM down and run: Get-VM -Id ${quoted(id)} | Get-VMAssignableDevice | Remove-VMAssignableDevice`,
  }),
  'gpu-partition': ({ vm, id, host }) => ({
    text: `${vm} has a part of a GPU of ${host} that cannot be moved while the VM runs.`,
    remedy: `Shut the VM down and run: Get-VM -Id ${quoted(id)} | Remove-VMGpuPartitionAdapter. Windows Server 2025 with a driver for it can.`,
  }),
  'gpu-at-target': ({ vm, id, host }) => ({
    text: `${vm} has a part of a GPU, and ${host} has no GPU to be shared out.`,
    remedy: `Look on ${host} with Get-VMHostPartitionableGpu, or shut the VM down and run: Get-VM -Id ${quoted(id)} | Remove-VMGpuPartitionAdapter`,
  }),
} satisfies Record<string, TextOf>;

export const preflightVmProblems = {
  ...general,
  ...notes,
  ...state,
  ...cluster,
  ...disks,
  ...features,
} satisfies Record<string, TextOf>;

const isEmpty = (list: Fact | undefined): boolean => !Array.isArray(list) || list.length === 0;

const ACTIONS: Readonly<Record<string, string>> = {
  Nothing: 'stays off',
  StartIfRunning: 'is started if it ran before',
  Start: 'is started',
};
const actionText = (action: Fact | undefined): string => ACTIONS[String(action)] ?? String(action);

const removeCheckpoints = (id: Fact | undefined): string =>
  `Get-VM -Id ${quoted(id)} | Get-VMSnapshot | Remove-VMSnapshot`;

/** Not `Merge-VHD`, which would change the parent for all who use it. */
const ownDisk =
  'Shut the VM down, make each disk whole by itself (Convert-VHD -Path LEAF.vhdx -DestinationPath WHOLE.vhdx) and attach that with Set-VMHardDiskDrive.';

function moveGuardians(
  source: Fact | undefined,
  host: Fact | undefined,
  missing: Fact | undefined,
): string {
  const store = 'Cert:\\LocalMachine\\Shielded VM Local Certificates';
  return (
    `Run on ${source}: $password = Read-Host -AsSecureString; ${quoted(missing)} | ForEach-Object { ` +
    `Export-PfxCertificate -Cert "${store}\\$_" -FilePath "$_.pfx" -Password $password }. ` +
    `Take the files to ${host} and run there: Get-ChildItem *.pfx | ` +
    `Import-PfxCertificate -CertStoreLocation '${store}' -Password (Read-Host -AsSecureString)`
  );
}
