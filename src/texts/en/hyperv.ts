/** Problems of the channel to PowerShell, and of effects on a Hyper-V host. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';

const quoted = (words: Fact | undefined): string => (words ? ` It said last: ${words}` : '');
const bracketed = (...words: readonly (Fact | undefined)[]): string => {
  const known = words.filter((word) => word !== undefined && word !== '');
  return known.length > 0 ? ` (${known.join(', ')})` : '';
};

export const hypervProblems = {
  'epoch-file-damaged': ({ host, vm, file }) => ({
    text: `${host} cannot read ${file}, which says who acted last on ${vm}; nothing was done to the VM.`,
    remedy: `Make sure on ${host} that no operation of ${vm} is open. Then move ${file} away and retry.`,
  }),
  'hyperv-module-missing': ({ host, computer }) => ({
    text: `The PowerShell that serves ${host} cannot speak with ${computer}: a Windows before 2016 needs the Hyper-V module 1.1.`,
    remedy:
      'On the machine of that worker: Get-Module -ListAvailable Hyper-V. Only Windows PowerShell 5.1 has it: ' +
      `leave FERRY_POWERSHELL out. If it is not there either, let another host's worker serve ${computer}.`,
  }),
  'powershell-answer': ({ host, script, reason, said }) => ({
    text: `PowerShell on ${host} ran "${script}", and its answer cannot be used: ${reason}.${quoted(said)}`,
    remedy: `Look at what ${host} did before you retry. Report this with the version of Windows.`,
  }),
  'powershell-busy': ({ host, script, seconds, waiting }) => ({
    text:
      seconds === undefined
        ? `${host} cannot run "${script}": ${waiting} scripts run or wait there already.`
        : `${host} did not get to "${script}" within ${seconds} s: other scripts were before it.`,
    remedy: `Retry later. If it stays so, look at the load of ${host}.`,
  }),
  'powershell-closed': ({ host, script }) => ({
    text: `Ferry is stopping on ${host}, so "${script}" was not run.`,
    remedy: 'Start the worker there again: it goes on with what is open.',
  }),
  'powershell-died': ({ host, script, said }) => ({
    text: `PowerShell on ${host} ended while it ran "${script}"; what that did until then is not known.${quoted(said)}`,
    remedy: `Look at ${host} before you retry. The next call starts PowerShell anew.`,
  }),
  'powershell-failed': ({ host, script, message, hresult, errorId, command }) => ({
    text: `${command ?? `"${script}"`} failed on ${host}: ${message}${bracketed(hresult, errorId)}`,
    remedy: `Mend what the message says on ${host}, then retry. Windows' own logs there may say more.`,
  }),
  'powershell-missing': ({ host, executable }) => ({
    text: `${host} cannot start PowerShell: ${executable} is not there, or may not be run.`,
    remedy: `Install PowerShell on ${host}, or correct its path in Ferry's configuration there.`,
  }),
  'powershell-timeout': ({ host, script, seconds, said }) => ({
    text: `PowerShell on ${host} did not end "${script}" within ${seconds} s and was killed; what Windows was told to do may go on.${quoted(said)}`,
    remedy: `Look at ${host} before you retry: its load, its disks, and the Hyper-V service (vmms).`,
  }),
} satisfies Readonly<Record<string, TextOf>>;
