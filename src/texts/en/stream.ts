/** What can go wrong while disks are sent to another host, and copies kept there. */

import type { TextOf } from '../catalogue.ts';
import { migrationLine } from '../typed.ts';

const BUG = 'This is a fault in Ferry: report it with the log of both workers.';

export const streamProblems = {
  'stream-unreachable': ({ operation, waitSeconds }) => ({
    text: `The target of ${operation} did not connect, or not for long enough, for ${waitSeconds} s`,
    remedy: 'Check that its worker runs and that the migration network is up, then retry.',
  }),
  'stream-not-offered': ({ operation }) => ({
    text: `The source does not offer the disks of ${operation} yet`,
    remedy: 'Nothing to do: the target asks again. If it lasts, check the worker of the source.',
  }),
  'stream-ticket-refused': ({ operation }) => ({
    text: `The source refused the target’s ticket for ${operation}: it is wrong, void, or another host’s`,
    remedy:
      'Nothing was sent. If nobody cancelled the operation, find out who tried to receive it.',
  }),
  'stream-ancestor-not-sent': ({ file, ancestor }) => ({
    text: `${ancestor} was not sent as it is now, so what of ${file} lies above it is no whole disk for the receiver`,
    remedy: 'Send it without --changed: only what differs is sent.',
  }),
  'stream-broken-off': ({ host, port, seconds }) => ({
    text: `Nothing has come from ${host} port ${port} for ${seconds} s`,
    remedy: 'Check that the sender runs, then start this again: it goes on where it was.',
  }),
  'stream-not-verified': () => ({
    text: 'What the target read back is not what was read here',
    remedy: 'Use nothing of it: delete the folder at the target and send the disk again.',
  }),
  'stream-fingerprint-missing': () => ({
    text: 'Without --fingerprint nobody knows who sends',
    remedy: 'Copy it from the first line that the sender printed.',
  }),
  'stream-ticket-missing': () => ({
    text: 'There is no ticket: neither --ticket, nor FERRY_TICKET, nor a line on stdin',
    remedy: 'Copy it from the first line that the sender printed.',
  }),
  'address-unreadable': ({ text }) => ({
    text: `“${text}” is no address`,
    remedy: 'Give it as HOST:PORT, for example 10.0.9.1:7440.',
  }),
  'stream-version': ({ version, expected }) => ({
    text: `The target speaks version ${version} of the stream, the source version ${expected}`,
    remedy: 'Install the same version of Ferry on both hosts.',
  }),
  'stream-epoch-behind': ({ operation, epoch, epochSeen }) => ({
    text: `A round of ${operation} came with epoch ${epoch}, but ${epochSeen} has been seen`,
    remedy: `Nothing was changed: a newer attempt runs. Look at it with "${migrationLine('show', operation)}".`,
  }),
  'stream-resync-needed': ({ operation, round, committed }) => ({
    text: `Round ${round} of ${operation} does not follow what is known of round ${committed}`,
    remedy: 'Send it by digests: only what differs is sent, but all disks are read.',
  }),
  'stream-round-passed': ({ operation, round, committed }) => ({
    text: `Round ${round} of ${operation} came, but the copy is at round ${committed}`,
    remedy: 'Nothing was changed. Retry the migration: it begins a new round.',
  }),
  'stream-disk-unknown': ({ disk }) => ({
    text: `The disk ${disk} is not one that this copy was made for`,
    remedy: 'The VM got other disks meanwhile. Plan the migration again.',
  }),
  'stream-disk-size': ({ disk, virtualBytes, expected }) => ({
    text: `The disk ${disk} has ${virtualBytes} bytes now; the copy was made for ${expected}`,
    remedy: 'The disk was resized meanwhile. Plan the migration again.',
  }),
  'stream-disks-missing': ({ disks, expected }) => ({
    text: `The round has ${disks} disks; the copy has ${expected}`,
    remedy: 'The VM’s disks changed meanwhile. Plan the migration again.',
  }),
  'stream-checksum': ({ frame, bytes }) => ({
    text: `A ${frame} frame of ${bytes} bytes did not arrive as it was sent`,
    remedy: 'It is sent again. If it happens often, check network cards, cables and memory.',
  }),
  'stream-frame-refused': ({ found }) => ({
    text: `The other host sent what does not belong into a stream: ${found}`,
    remedy: BUG,
  }),
  'stream-read-failed': ({ disk, offset, reason }) => ({
    text: `The source cannot read its disk ${disk} at byte ${offset}: ${reason}`,
    remedy: 'Check the storage of the source. The VM still runs there.',
  }),
  'stream-read-back-differs': ({ path, offset }) => ({
    text: `${path} does not hold at byte ${offset} of the disk what was written there`,
    remedy: 'Check the storage of the target (disk, controller, memory) before you retry.',
  }),
  'stream-staging-damaged': ({ path, offset }) => ({
    text: `The received round in ${path} is damaged at byte ${offset}`,
    remedy: 'Check the storage of the target (disk, controller, memory) before you retry.',
  }),
  'stream-record-damaged': ({ file }) => ({
    text: `${file} is not what Ferry wrote there`,
    remedy: 'Restore the file, or remove its folder if the copy in it is not needed.',
  }),
  'unbuffered-read-refused': ({ path }) => ({
    text: `The file system of ${path} cannot be read past its cache, so writes cannot be proven`,
    remedy: 'Put copies on NTFS or ReFS (Linux: ext4 or XFS) on a disk of this host.',
  }),
  'base-gone': ({ vm, host, folder }) => ({
    text: `The copy of ${vm} that the plan begins from is not on ${host} any more, or has other disks: ${folder}`,
    remedy: `Plan the move anew: /migrate retry ${vm}.`,
  }),
  'base-changed': ({ disk, file }) => ({
    text: `${file} is not the disk ${disk} that the VM has: its size, its sectors or its identifier differ`,
    remedy:
      'Delete that copy (/migrate copies names it), and plan the move anew: then all is copied.',
  }),
  'copy-in-the-way': ({ directory, found, vm }) => ({
    text: `${directory} holds a copy of ${found} that ${vm} cannot continue`,
    remedy: 'Remove that copy if it is not needed, or choose another volume.',
  }),
} satisfies Record<string, TextOf>;
