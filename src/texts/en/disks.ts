/** Problems of disk files, and the commands that inspect them. */

import type { TextOf } from '../catalogue.ts';

const RESTORE = 'Restore the file from a backup, or repair it where it was made.';

export const diskProblems = {
  'disk-missing': ({ file }) => ({
    text: `There is no file ${file}`,
    remedy: 'Check the path, and that its volume is mounted.',
  }),
  'disk-exists': ({ file }) => ({
    text: `${file} exists already and is not overwritten`,
    remedy: 'Choose another name, or remove the file if nobody needs it.',
  }),
  'disk-no-access': ({ file }) => ({
    text: `${file} may not be opened by this user`,
    remedy: 'Give the user that runs Ferry access to the file.',
  }),
  'disk-in-use': ({ file }) => ({
    text: `${file} is in use by another program`,
    remedy: 'Stop what uses it: a running VM, a backup or a mounted disk. Then try again.',
  }),
  'disk-no-space': ({ file }) => ({
    text: `The volume of ${file} is full`,
    remedy: 'Free space on the volume, then try again.',
  }),
  'disk-io-failed': ({ file }) => ({
    text: `The storage under ${file} reports an error`,
    remedy: 'Check the volume and its hardware before anything else is done on it.',
  }),
  'disk-not-a-disk': ({ file, found }) => ({
    text: `${file} is no VHDX and no VHD disk: it starts with ${found}`,
    remedy: 'Name a file that ends in .vhdx, .avhdx, .vhd or .avhd.',
  }),
  'disk-format-ambiguous': ({ file }) => ({
    text: `${file} looks like a VHDX at its start and like a VHD at its end`,
    remedy: 'Convert it with Convert-VHD to a new file while the VM is off.',
  }),
  'disk-unsupported': ({ file, what }) => ({
    text: `${file} needs ${what}, which Ferry does not know`,
    remedy: 'Open the file with the program that made it and convert it to a plain VHDX.',
  }),
  'disk-truncated': ({ file, what, offset, length, fileBytes }) => ({
    text: `${file} is cut off: its ${what} is ${length} bytes at ${offset}, the file ends at ${fileBytes}`,
    remedy: `Copy the file again in full if it is a copy. Else: ${RESTORE}`,
  }),
  'disk-damaged': ({ file, what, offset, value }) => ({
    text: `${file} is damaged: ${what} at byte ${offset} is ${value}`,
    remedy: RESTORE,
  }),
  'disk-metadata-full': ({ file, bytesNeeded }) => ({
    text: `${file} has no room for ${bytesNeeded} bytes more of metadata`,
    remedy: 'Merge it with Merge-VHD, or give its parent a shorter path.',
  }),
  'disk-parent-missing': ({ file, looked }) => ({
    text: `The parent of ${file} is not there. Looked for: ${list(looked)}`,
    remedy:
      'Put the parent back where the child names it, or name it anew with Set-VHD -ParentPath.',
  }),
  'disk-wrong-parent': ({ file, parent, expected, found }) => ({
    text: `${parent} is not what ${file} was made from: its content is ${found}, not ${expected}`,
    remedy: 'Put the right parent back. It was replaced, or changed after the child was made.',
  }),
  'disk-has-no-parent': ({ file }) => ({
    text: `${file} has no parent`,
    remedy: 'Name a differencing disk, for example the .avhdx of a checkpoint.',
  }),
  'disk-chain-loop': ({ file, parent, leaf }) => ({
    text: `The chain of ${leaf} is a loop: ${file} names ${parent} as its parent`,
    remedy: 'Name the right parent with Set-VHD -ParentPath.',
  }),
  'disk-chain-too-long': ({ leaf, filesMax }) => ({
    text: `The chain of ${leaf} has more than ${filesMax} files`,
    remedy: 'Remove checkpoints so that they are merged.',
  }),
  'disk-formats-differ': ({ file, parent, format, parentFormat }) => ({
    text: `${file} is a ${upper(format)}, but its parent ${parent} is a ${upper(parentFormat)}`,
    remedy: 'Put the right parent back: a child has the format of its parent.',
  }),
  'disk-sectors-differ': ({ file, parent, sectorBytes, parentSectorBytes }) => ({
    text: `${file} has sectors of ${sectorBytes} bytes, but ${parent} of ${parentSectorBytes}`,
    remedy: 'Put the right parent back: a child has the sectors of its parent.',
  }),
  'disk-sizes-differ': ({ file, parent, virtualBytes, parentVirtualBytes }) => ({
    text: `${file} is a disk of ${virtualBytes} bytes, but ${parent} of ${parentVirtualBytes}`,
    remedy: 'Resize the smaller one with Resize-VHD, or name the right parent.',
  }),
  'disk-size-disputed': ({ disk, host, plannedBytes, virtualBytes }) => ({
    text: `${disk} has ${plannedBytes} bytes by ${host}, but ${virtualBytes} by its own file`,
    remedy:
      'If it is a VHD that Virtual PC made, convert it with Convert-VHD to a new file while the VM is off; then ask again.',
  }),
  'disk-not-in-chain': ({ leaf, above }) => ({
    text: `${above} is not in the chain of ${leaf}`,
    remedy: 'Look at the chain with "disk info" and name one of its files.',
  }),
} satisfies Record<string, TextOf>;

const upper = (format: unknown): string => `${format}`.toUpperCase();

const list = (paths: unknown): string => (Array.isArray(paths) ? paths.join(', ') : `${paths}`);
