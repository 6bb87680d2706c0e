/** Problems of checkpoints and their merges on a Hyper-V host. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import { listText } from './amounts.ts';
import { quoted } from './windows.ts';

/** The signs of a merge's end, as long as they are missing. */
const MISSING: Readonly<Record<string, string>> = {
  checkpoint: 'the checkpoint is still listed',
  status: 'Hyper-V still shows the VM as merging or busy',
  chain: 'the chain of disk files is not as it should be',
  file: 'merged files are still there',
  event: 'the log does not say that the merge ended (19080)',
};
const missing = (signs: Fact | undefined): string =>
  Array.isArray(signs) ? signs.map((sign) => MISSING[sign] ?? sign).join('; ') : '';
const bracketed = (hresult: Fact | undefined): string => (hresult ? ` (${hresult})` : '');

/** ERROR_SHARING_VIOLATION: somebody has a file open. */
const SHARING_VIOLATION = '0x80070020';

export const roundProblems = {
  'checkpoint-failed': ({ host, vm, message }) => ({
    text: `${host} could not take a checkpoint of ${vm}: ${message}`,
    remedy: `Nothing was changed. Mend what the message says on ${host} (room on the volumes, disks that allow no checkpoints), then retry.`,
  }),
  'checkpoint-not-removed': ({ host, vm, message }) => ({
    text: `${host} could not remove a checkpoint of ${vm}: ${message}`,
    remedy: `${vm} runs on. Look at the log Hyper-V-VMMS-Admin on ${host}, then retry.`,
  }),
  'merge-failed': ({ host, vm, files, message, hresult }) => ({
    text: `The merge of checkpoints of ${vm} failed on ${host}${bracketed(hresult)}, also with a new checkpoint and its removal. Files left: ${listText(files)}.${quoted(message)}`,
    remedy:
      hresult === SHARING_VIOLATION
        ? `Another program has one of these files open (a backup, antivirus, a copy): close it, then retry. ${vm} runs on; never delete these files by hand.`
        : `Mend what the message says on ${host}, then retry. ${vm} runs on; never delete these files by hand.`,
  }),
  'merge-lasts': ({ host, vm, minutes, signs, files, message }) => ({
    text: `The merge of checkpoints of ${vm} on ${host} has not ended after ${minutes} min: ${missing(signs)}. Files left: ${listText(files)}.${quoted(message)}`,
    remedy: `Look at ${vm} in Hyper-V Manager on ${host} and at the log Hyper-V-VMMS-Admin, then retry: it is waited for again. Never delete these files by hand.`,
  }),
  'rounds-note-damaged': ({ host, vm, file }) => ({
    text: `${host} cannot read ${file}, which says which checkpoints of ${vm} Ferry has begun to take or merge; nothing was changed.`,
    remedy: `Look at the checkpoints of ${vm} on ${host} and wait for the end of merges. Then move ${file} away and retry.`,
  }),
} satisfies Readonly<Record<string, TextOf>>;
