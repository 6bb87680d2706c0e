/** Words of the preflight checks: what stands in the way of a migration, and how to clear it. */

import type { Fact, Facts } from '../../domain/problem.ts';
import type { Text, TextOf } from '../catalogue.ts';
import { textsOfChecks } from '../checks.ts';
import { quoted } from '../powershell.ts';
import { bitRateText, bytesText, listText } from './amounts.ts';
import { keptText } from './kept.ts';

/** What each check looks at, for its `-ok` and `-unknown` texts. */
const LOOKS_AT = {
  'vm-state': 'The state of the VM',
  'vm-at-target': 'Whether the VM is at the target already',
  'ferry-mark': 'Marks of other Ferrys in the notes of the VM',
  'foreign-checkpoint': 'Checkpoints of the VM',
  'disk-format': 'The formats of the disks',
  'pass-through-disk': 'Pass-through disks',
  'disk-size': 'The sizes of the disks',
  'migration-network': 'The migration network',
  'host-in-maintenance': 'Whether the target is in maintenance',
  'windows-meet': 'The hours in which a cutover may begin',
  'dedicated-network': 'Whether the migration network is dedicated',
  'virtual-switch': 'The virtual switches at the target',
  'free-space': 'The free space at the target',
  memory: 'The free memory at the target',
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

export const preflightProblems = {
  ...general,
  'vm-state': ({ vm, host, state }) => ({
    text: `${vm} on ${host} is ${state}; only a VM that runs or is off can be moved.`,
    remedy: `Start ${vm} on ${host} or turn it off, then ask again.`,
  }),
  'vm-at-target': ({ vm, host, id, state }) => ({
    text: `A VM with the Id of ${vm} (${id}) is registered on ${host} already; it is ${state}.`,
    remedy: `If it is a leftover, remove it on ${host} in Hyper-V Manager, then ask again.`,
  }),
  'vm-name-at-target': ({ vm, host, id }) => ({
    text: `${host} has another VM of the name ${vm} (Id ${id}).`,
    remedy: 'Rename one of them, or approve if two VMs of one name are meant.',
  }),
  'ferry-mark': ({ vm, installations }) => ({
    text: `The notes of ${vm} say that another Ferry works on it: ${listText(installations)}.`,
    remedy: `Let that Ferry finish. If it is gone, remove "ferry:…" from the notes of ${vm}.`,
  }),
  'foreign-checkpoint': ({ vm, id, host, checkpoints }) => ({
    text: `${vm} on ${host} has ${countOf(checkpoints)} that Ferry did not make: ${listText(checkpoints)}.`,
    remedy: id
      ? `Merge what nobody needs any more, then ask again: Get-VM -Id ${quoted(id)} | Get-VMSnapshot -SnapshotType Standard | Remove-VMSnapshot. Or ask with the word live, which takes checkpoints along.`
      : 'Wait for the backup that made them, or delete them in Hyper-V Manager; ask again.',
  }),
  'vm-without-disks': ({ vm }) => ({
    text: `${vm} has no disks, so there is nothing to copy.`,
    remedy: 'Export it in Hyper-V Manager and import it at the other host.',
  }),
  'disk-format': ({ vm, host, disks }) => ({
    text: `Disks of ${vm} on ${host} cannot be read as VHDX or VHD: ${listText(disks)}.`,
    remedy: 'See that the files are there and whole; convert other formats with Convert-VHD.',
  }),
  'pass-through-disk': ({ vm, disks }) => ({
    text: `${vm} uses physical disks of its host, which cannot be copied: ${listText(disks)}.`,
    remedy: 'Convert them to VHDX with New-VHD -SourceDisk, or detach them; then ask again.',
  }),
  'disk-size': ({ vm, disks }) => ({
    text: `Disks of ${vm} are larger than their format allows: ${listText(disks)}.`,
    remedy: 'Convert a VHD over 2040 GiB to VHDX with Convert-VHD.',
  }),
  'file-system': ({ host, volume, fileSystem }) => ({
    text: `${volume} on ${host} is formatted as ${fileSystem}, which does not hold large disks.`,
    remedy: 'Choose a volume with NTFS or ReFS as the place for VMs on that host.',
  }),
  'migration-network': ({ source, target, sourceNetworks, targetNetworks }) => ({
    text:
      `${source} and ${target} share no migration network that is up. ` +
      `${source}: ${listText(sourceNetworks)}. ${target}: ${listText(targetNetworks)}.`,
    remedy: 'Plug in or enable one network with the same subnet on both hosts, then ask again.',
  }),
  'migration-network-slow': ({ subnet, bitsPerSecond }) => ({
    text: `The migration network ${subnet} has ${bitRateText(bitsPerSecond)}.`,
    remedy: 'Use a link with 1 Gbit/s or more, or accept that the copy takes long.',
  }),
  'no-migration-network': ({ source, target }) => ({
    text: `${source} and ${target} share no migration network that is up.`,
    remedy: 'Plug in or enable one network with the same subnet on both hosts, then ask again.',
  }),
  'dedicated-network': ({ subnet }) => ({
    text: `The migration network ${subnet} also carries VM traffic or the default gateway.`,
    remedy: 'Give migrations a network of their own, or accept that the copy slows others.',
  }),
  'virtual-switch': ({ vm, host, switches }) => ({
    text: `${host} lacks virtual switches that ${vm} uses: ${listText(switches)}.`,
    remedy: `Create them on ${host} with the same names (New-VMSwitch), then ask again.`,
  }),
  'virtual-switch-unused': ({ vm, switches, used }) => ({
    text: `No adapter of ${vm} is on the virtual switches that were named: ${listText(switches)}. It is on: ${listText(used)}.`,
    remedy: 'Name one of these before the equals sign, or leave "switch" out.',
  }),
  'virtual-switch-type': ({ vm, switches }) => ({
    text: `Virtual switches of ${vm} are of another type at the target: ${listText(switches)}.`,
    remedy: 'Make them alike, or accept that the VM may lose its network.',
  }),
  'free-space': (facts) => freeSpaceText(facts),
  'free-space-if-grown': ({ vm, host, volume, bytesFree, bytesGrown, bytesKept }) => ({
    text:
      `If the disks of ${vm} grow to their full ${bytesText(bytesGrown)}, ${volume} on ${host} ` +
      `with ${bytesText(bytesFree)} free gets full.`,
    remedy: `${keptText(bytesKept)}Free space on ${volume}, or accept it and watch the volume.`,
  }),
  memory: ({ vm, host, bytesNeeded, bytesFree, bytesMissing }) => ({
    text:
      `${host} lacks ${bytesText(bytesMissing)} of memory for ${vm}: ${bytesText(bytesNeeded)} ` +
      `needed, ${freeText(bytesFree)} free besides what is promised to others.`,
    remedy: `Shut down or move other VMs on ${host}, or lower the memory of ${vm}; ask again.`,
  }),
} satisfies Record<string, TextOf>;

function freeSpaceText(facts: Facts): Text {
  const { host, volume, bytesNeeded, bytesFree, bytesMissing, bytesKept } = facts;
  return {
    text:
      `${host} lacks ${bytesText(bytesMissing)} on ${volume}: ${bytesText(bytesNeeded)} needed, ` +
      `${freeText(bytesFree)} free besides what is promised to others.`,
    remedy: `${keptText(bytesKept)}Free space on ${volume} of ${host}, or choose another volume with "on <volume>", or another host.`,
  };
}

/** A migration that asks again may name one alone, without a list. */
function countOf(checkpoints: Fact | undefined): string {
  const count = Array.isArray(checkpoints) ? checkpoints.length : 0;
  if (count === 0) return 'checkpoints';
  return count === 1 ? '1 checkpoint' : `${count} checkpoints`;
}

/** Promises can exceed what is free. */
function freeText(bytes: Fact | undefined): string {
  return bytesText(typeof bytes === 'number' ? Math.max(0, bytes) : bytes);
}
