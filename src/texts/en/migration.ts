/** Words of the steps of a migration: what failed, what runs where, and what to do next. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import { migrationLine } from '../typed.ts';
import { bytesText, listText, secondsText } from './amounts.ts';

const retry = (operation: Fact | undefined): string =>
  `Then press Retry, or type "${migrationLine('retry', operation)}".`;
const who = (by: Fact | undefined): string => (by === undefined ? 'Somebody' : `${by}`);

/** Why an operation turned back though no step failed. Views mention who did it: an id says nothing. */
const turns = {
  cancelled: () => ({
    text: 'It was cancelled.',
    remedy: 'Nothing to do: everything stays where it is.',
  }),
  'rollback-asked': () => ({
    text: 'Somebody asked to take it back.',
    remedy: 'Nothing to do: everything goes back to where it was.',
  }),
  'approval-expired': () => ({
    text: 'Nobody approved it in time.',
    remedy: 'Ask for it again when someone is there to approve it.',
  }),
  'pause-expired': () => ({
    text: 'It was paused and nobody resumed it: its rounds must not stay open for ever.',
    remedy: 'Start the migration again; what the target holds already is used.',
  }),
} satisfies Record<string, TextOf>;

/** Before the cutover: the VM runs at the source all the while. */
const asks = {
  'vm-reconfigured': ({ vm }) => ({
    text: `${vm} is configured differently from what was approved.`,
    remedy: 'Approve the new plan that the bot makes for it, or undo the change, or cancel.',
  }),
  'new-warnings': ({ vm, codes }) => ({
    text: `There is something about ${vm} that was not accepted with the plan: ${listText(codes)}.`,
    remedy: 'Read the findings. Approve the new plan, mend what it names, or cancel.',
  }),
  'pause-beyond-plan': ({ vm, seconds, secondsMax }) => ({
    text: `${vm} would be off for about ${secondsText(seconds)}, longer than the approved ${secondsText(secondsMax)}.`,
    remedy: `Approve the new plan with the longer pause, raise a limit (/migrate limit), wait until ${vm} writes less, or cancel.`,
  }),
  'pause-fits-again': ({ vm, secondsMax }) => ({
    text: `${vm} can be moved with a pause of ${secondsText(secondsMax)} again.`,
    remedy: 'Approve the new plan with the shorter pause, or cancel.',
  }),
  'bytes-beyond-plan': ({ vm, host, bytes, bytesMax }) => ({
    text: `The copy of ${vm} may need ${bytesText(bytes)} on ${host}, more than the approved ${bytesText(bytesMax)}.`,
    remedy: 'Approve the new plan, or cancel.',
  }),
  'duration-beyond-plan': ({ vm, seconds, secondsMax }) => ({
    text: `The migration of ${vm} has worked for ${secondsText(seconds)}, longer than the approved ${secondsText(secondsMax)}.`,
    remedy: 'Approve the new plan, or cancel.',
  }),
  paused: ({ by, vm }) => ({
    text: `${who(by)} paused it. ${vm} runs on at its source.`,
    remedy: `Type /migrate resume ${vm}. A pause of more than a day takes the migration back.`,
  }),
  'vm-went-off': ({ vm, host }) => ({
    text: `${vm} went off on ${host} before Ferry had shut it down. It is started there again.`,
    remedy: `Find out who or what stopped ${vm}, then approve again.`,
  }),
  'off-vm-started': ({ vm, host }) => ({
    text: `${vm} is not off any more on ${host}: it was planned as a VM that is off, and somebody started it.`,
    remedy: `Shut ${vm} down and approve again; or cancel, and ask again to move it as it runs.`,
  }),
  'running-vm-off': ({ vm, host }) => ({
    text: `${vm} is off on ${host}: it was planned as a VM that runs.`,
    remedy: `Find out who or what stopped ${vm}. Start it and approve again; or cancel, and ask again to move it as it is.`,
  }),
  'guest-stopped-late': ({ vm, host }) => ({
    text: `${vm} went off on ${host}, after Ferry had asked it to shut down and had given up waiting. Ferry starts it again.`,
    remedy: `See what held up the shutdown inside ${vm}. If somebody shut it down on purpose, shut it down once more: Ferry starts it this once only.`,
  }),
  'guest-will-not-stop': ({ vm, seconds }) => ({
    text: `${vm} did not shut down within ${secondsText(seconds)}. It runs on at the source.`,
    remedy: `See what holds up the shutdown inside ${vm}, then start the migration again.`,
  }),
} satisfies Record<string, TextOf>;

/** While rounds are open at the source: all is taken back. */
const rounds = {
  'disks-changed': ({ vm, host, disks }) => ({
    text: `${vm} on ${host} has other disks than those that were approved: ${listText(disks)} came, went or changed size. The migration is taken back.`,
    remedy: 'Press Retry for a new plan with the disks that it has now; what was copied is used.',
  }),
  'target-full': ({ host, volume, bytesFree, bytesMin }) => ({
    text: `${volume} on ${host} has only ${bytesText(bytesFree)} free. Ferry leaves ${bytesText(bytesMin)} there, so it takes in nothing more.`,
    remedy: `Free space on ${volume} of ${host}, or choose another volume with "on <volume>". Then press Retry.`,
  }),
  'source-space-low': ({ vm, host, volume, bytesFree, bytesMin }) => ({
    text: `${volume} on ${host} has only ${bytesText(bytesFree)} free, less than the ${bytesText(bytesMin)} that Ferry leaves there while it copies ${vm}. The migration is taken back, and what it froze is merged.`,
    remedy: `Free space on ${volume} of ${host}, or make it larger: a full volume makes every VM on it stand still. Then start the migration again; what the target has already is used.`,
  }),
  'volumes-unwatched': ({ vm, host, message }) => ({
    text: `${host} has not been able to look at its volumes for minutes (${message}), while checkpoints of ${vm} grow there. Nothing is taken back in time if one gets full.`,
    remedy: `Look at the free space on ${host} now: a full volume makes every VM on it stand still. Mend what the worker's log on ${host} says, or cancel the migration.`,
  }),
} satisfies Record<string, TextOf>;

/** The source is off or fenced, and the target has not been started. */
const cutover = {
  'vm-gone': ({ vm, host, operation }) => ({
    text: `${vm} is no longer registered on ${host}.`,
    remedy: `Register ${vm} on ${host} again in Hyper-V Manager, or see where it went. ${retry(operation)}`,
  }),
  'source-was-started': ({ vm, host }) => ({
    text: `Somebody started ${vm} on ${host} during the cutover. The migration goes back.`,
    remedy: `Leave ${vm} running. Start the migration again when nobody else works on it.`,
  }),
  'merge-not-ended': ({ vm, host }) => ({
    text: `${host} still merges checkpoints of ${vm}. The migration goes back.`,
    remedy: 'Wait until Hyper-V Manager shows no merge, then start the migration again.',
  }),
  'source-changed-while-fenced': ({ vm, host }) => ({
    text: `The disks of ${vm} on ${host} changed while the last round was copied.`,
    remedy: `Find out what wrote to them on ${host}, then start the migration again.`,
  }),
  'digests-differ': ({ disk, digest, theirs }) => ({
    text: `The copy of ${disk} reads back as ${theirs}, the source has ${digest}.`,
    remedy: 'Check memory and storage of both hosts, then start the migration again.',
  }),
  'definition-missing': ({ vm, host }) => ({
    text: `The definition of ${vm} never arrived on ${host}.`,
    remedy: 'Start the migration again. If this comes back, report it.',
  }),
} satisfies Record<string, TextOf>;

/** Who runs where is not certain, so nothing is started. */
const unsure = {
  'copy-older': ({ vm, host }) => ({
    text: `What ${host} has of ${vm} is not the last that was sent, so it is not started there.`,
    remedy:
      'The VM goes back to its source. Start the migration again. If this comes back, report it.',
  }),
  'domain-controller-older': ({ vm, host }) => ({
    text: `What ${host} has of ${vm} is older than what other domain controllers may have seen of it. Started, it would set the directory back (USN rollback), so Ferry does not start it.`,
    remedy:
      `Start ${vm} only where its newest disks are. If those are lost, never start these: on another domain controller ` +
      `delete the computer object of ${vm} (that cleans its metadata up), seize its roles with ` +
      '"Move-ADDirectoryServerOperationMasterRole -Force" if it had any, and promote a new one; or restore its system state ' +
      'from a backup in Directory Services Restore Mode.',
  }),
  'source-took-back': ({ vm, host, operation }) => ({
    text: `${host} said that it takes ${vm} back, so it is not started at the target.`,
    remedy: `See that ${vm} runs on ${host}. The store lost entries: type "${migrationLine('heal-store', operation)}".`,
  }),
  'source-not-fenced': ({ vm, host, operation }) => ({
    text: `${vm} is not fenced on ${host} any more, so it is not started at the target.`,
    remedy: `If ${vm} runs on ${host}, leave it there. If it is off, see who lifted the fence. ${retry(operation)}`,
  }),
  'source-silent': ({ vm, host, operation }) => ({
    text: `${host} does not answer, and the store was restarted or restored since ${vm} was fenced.`,
    remedy: `Bring ${host} or its worker back. ${retry(operation)}`,
  }),
  'target-may-run': ({ vm, host }) => ({
    text: `${vm} may run on ${host}, so it is not taken back at the source.`,
    remedy: `Look at ${host} in Hyper-V Manager. If ${vm} runs there, its data is newer: leave it.`,
  }),
  'target-silent': ({ vm, host, operation }) => ({
    text: `${host} does not answer, and the store was restarted or restored since ${vm} was fenced.`,
    remedy: `Bring ${host} or its worker back. If ${host} is lost for good, type "${migrationLine('unfence', operation)}" at the source.`,
  }),
  'target-runs': ({ vm, host }) => ({
    text: `${vm} runs on ${host} though the migration was taken back.`,
    remedy: `Shut ${vm} down on ${host} if it also runs at the source; then clean-up goes on by itself.`,
  }),
} satisfies Record<string, TextOf>;

const starts = {
  'no-heartbeat': ({ vm, host, seconds }) => ({
    text: `${vm} was started on ${host} and shows no heartbeat after ${secondsText(seconds)}.`,
    remedy: `Open its console on ${host}. Ferry goes on looking.`,
  }),
} satisfies Record<string, TextOf>;

const journals = {
  'journal-busy': ({ operation, tries }) => ({
    text: `${operation} changed ${tries} times while an entry was to be added.`,
    remedy: 'Try again in a minute.',
  }),
  'list-unknown': ({ list }) => ({
    text: `This process does not know the list of steps ${list}.`,
    remedy: 'Update Ferry on this host: the bot and all workers need the same version.',
  }),
} satisfies Record<string, TextOf>;

const live = {
  'live-unavailable': ({ host }) => ({
    text: `${host} cannot move a VM by itself: its driver has no live migration.`,
    remedy: 'Ask again with the word stream instead of live.',
  }),
  'vm-off-after-move': ({ vm, host }) => ({
    text: `${vm} is on ${host} after its live migration and is off there, though it ran before. Ferry has not stopped it.`,
    remedy: `Start ${vm} on ${host} when it may run. Ferry goes on looking, and then ends the migration.`,
  }),
  'move-incompatible': ({ vm, source, target, texts }) => ({
    text: `The hypervisor would not move ${vm} from ${source} to ${target}: ${listText(texts)}.`,
    remedy: 'Clear what it names, then approve again. The VM runs on as before.',
  }),
} satisfies Record<string, TextOf>;

export const migrationProblems = {
  ...live,
  ...turns,
  ...asks,
  ...rounds,
  ...cutover,
  ...unsure,
  ...starts,
  ...journals,
} satisfies Record<string, TextOf>;
