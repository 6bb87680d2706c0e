/** Words of the checks that the copy of a running Hyper-V VM asks for; some count for live moves too. */

import type { Fact } from '../../domain/problem.ts';
import type { Claim } from '../../domain/proven.ts';
import type { TextOf } from '../catalogue.ts';
import { textsOfChecks } from '../checks.ts';
import { quoted } from '../powershell.ts';
import { listText } from './amounts.ts';

/** What each check looks at, for its `-ok` and `-unknown` texts. */
const LOOKS_AT = {
  'disk-place': 'Whether the disks lie on the host itself',
  'mac-address': 'Whether a VM of the target has the same MAC address',
  replication: 'Hyper-V Replica',
  'shutdown-service': 'Whether the guest can be shut down by its host',
  unproven: 'What no real host has shown yet',
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

const CLAIMS: Readonly<Record<Claim, string>> = {
  'recovery-checkpoints': 'that checkpoints of the running VM are made and merged one by one',
  'fence-by-rename': 'that a renamed disk keeps the VM from being started at the source',
  'import-without-snapshots': 'that the VM is imported from a definition without checkpoints',
  'virtual-tpm': 'that its virtual TPM opens at the target',
  'dynamic-mac': 'that it keeps its dynamic MAC address',
};

export const preflightStreamProblems = {
  ...general,
  unproven: ({ vm, claims }) => ({
    text: `Of what Ferry does with ${vm}, no real host has shown this yet: ${listText(claimsIn(claims))}.`,
    remedy:
      'An administrator (FERRY_ADMINISTRATORS) accepts it by approving the plan. docs/hyper-v-unverified.md says how to try it with a VM that you can lose.',
  }),
  'shutdown-service': ({ vm, id, host }) => ({
    text: `${vm} does not answer when ${host} asks it to shut down: Stop-VM would fail, and the cutover would be taken back.`,
    remedy:
      'Start the integration services in the guest (vmicshutdown; hv_utils in Linux), and let the host ask: ' +
      `Get-VM -Id ${quoted(id)} | Get-VMIntegrationService | Where-Object Id -like '*9F8233AC-BE49-4C79-8EE3-E7E1985B2077' | Enable-VMIntegrationService. Or move it live.`,
  }),
  'disk-place': ({ vm, disks }) => ({
    text: `${vm} has disks on a share or on a volume of a cluster, which only a live move takes along: ${listText(disks)}.`,
    remedy:
      'Ask with the word live, or bring them to a volume of the host first, in Hyper-V Manager: Move, "Move the virtual machine\'s storage".',
  }),
  replication: ({ vm, id, mode, primary, replica }) => ({
    text: `${vm} is replicated by Hyper-V (${mode}: from ${primary} to ${replica}), which makes checkpoints of its own and is not taken along.`,
    remedy: `End it on both hosts, and set it up anew after the move: Get-VM -Id ${quoted(id)} | Remove-VMReplication`,
  }),
  'replication-live': ({ vm, id, target, primary, replica }) => ({
    text: `${vm} is replicated by Hyper-V from ${primary} to ${replica}; after the move it goes on only where ${target} may replicate too.`,
    remedy: `Allow ${target} there, and look after the move: Get-VM -Id ${quoted(id)} | Get-VMReplication. Or accept that it is set up anew.`,
  }),
  'mac-address': ({ vm, host, macs, vms }) => ({
    text: `${vm} keeps its MAC addresses (${listText(macs)}), and VMs on ${host} have one of them already: ${listText(vms)}.`,
    remedy:
      'Give one of them another address while it is off (Set-VMNetworkAdapter -StaticMacAddress), and see that the hosts draw from ranges of their own (Set-VMHost -MacAddressMinimum -MacAddressMaximum).',
  }),
  'differencing-disk-stream': ({ vm, host, files }) => ({
    text: `Disks of ${vm} on ${host} stand on other disks, which cannot be copied while it runs: ${listText(files)}.`,
    remedy:
      'Shut the VM down, make each disk whole by itself (Convert-VHD -Path LEAF.vhdx -DestinationPath WHOLE.vhdx), attach that with Set-VMHardDiskDrive, start it and ask again.',
  }),
  'dvd-media-left': ({ vm, host, files }) => ({
    text: `${vm} has media in its DVD drives that ${host} does not have, or does not tell about: ${listText(files)}. It starts there without those that ${host} lacks.`,
    remedy: `Copy them to ${host} under the same paths and ask again, or accept it.`,
  }),
  'fibre-channel-stream': ({ vm, sans }) => ({
    text: `${vm} has virtual Fibre Channel adapters (${listText(sans)}), beside which no checkpoint can be made.`,
    remedy: 'Ask with the word live, or take the adapters out of the VM while it is off.',
  }),
  'virtual-tpm-shielded': ({ vm }) => ({
    text: `${vm} is shielded: who may start it is attested, which Ferry cannot see beforehand.`,
    remedy: 'Ask with the word live: Hyper-V itself then looks before it moves the VM.',
  }),
  'stream-possible': ({ vm }) => ({
    text: `What stands in the way of a live move does not stop a copy of ${vm} while it runs, with a short stop at the end.`,
    remedy: 'Mend it, or ask with the word stream.',
  }),
} satisfies Record<string, TextOf>;

function claimsIn(claims: Fact | undefined): string[] {
  const known: Readonly<Record<string, string>> = CLAIMS;
  return Array.isArray(claims) ? claims.map((claim) => known[claim] ?? claim) : [];
}
