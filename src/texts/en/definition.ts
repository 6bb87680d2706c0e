/** Problems of a VM's definition on its way from one Hyper-V host to another. */

import type { TextOf } from '../catalogue.ts';
import { bytesText, listText } from './amounts.ts';

export const definitionProblems = {
  'acl-not-set': ({ host, file, message }) => ({
    text: `${host} could not give the VM access to its disk ${file}. Windows says: ${message}`,
    remedy: `Let the worker's account change permissions in that folder on ${host}, then retry.`,
  }),
  'definition-refused': ({ host, vm, messages }) => ({
    text: `${host} does not take the definition of ${vm} as it is. Windows says: ${listText(messages)}`,
    remedy: `Mend on ${host}, or on the VM itself, what Windows names, then retry.`,
  }),
  'definition-too-large': ({ host, vm, bytes }) => ({
    text: `${host} exported a definition of ${vm} with ${bytesText(bytes)}, more than Ferry carries.`,
    remedy: `Discard a saved state of ${vm} if it has one, then retry; else move ${vm} by Export-VM and Import-VM.`,
  }),
  'export-failed': ({ host, vm, message }) => ({
    text: `${host} did not export the definition of ${vm}. Windows says: ${message}`,
    remedy: `Look whether the host's system account may write into the worker's state folder on ${host}, then retry.`,
  }),
  'guardian-missing': ({ host, vm, missing }) => ({
    text: `${host} knows no guardian that can open the virtual TPM of ${vm}: ${listText(missing)}.`,
    remedy: `Export the guardian certificates with their private keys from the source, import them on ${host}, then retry.`,
  }),
  'merging-not-restored': ({ host, vm, result }) => ({
    text: `${host} merges no checkpoints of ${vm} since its definition was exported, and refused to go on with it (${result}).`,
    remedy: `Ferry tries again before it next acts on ${vm}. If this stays, restart the service vmms on ${host} when nothing moves.`,
  }),
  'vm-planned': ({ host, vm, folder }) => ({
    text: `Something else on ${host} is about to import or receive ${vm}: a planned VM of its Id is there (${folder || 'no folder told'}).`,
    remedy: `Wait until that is over, or end it on ${host}, then retry.`,
  }),
} satisfies Record<string, TextOf>;
