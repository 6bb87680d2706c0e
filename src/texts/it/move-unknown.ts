/** Quando nessuno sa con certezza dove sia una VM dopo la live migration: che cosa si è visto, e che fare. */

import type { Fact, Facts } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import type { moveUnknownProblems as english } from '../en/move-unknown.ts';
import { listText } from './amounts.ts';

const PARTS: Readonly<Record<string, string>> = {
  vm: 'la VM',
  moves: 'i suoi spostamenti',
  disks: 'i suoi dischi',
  planned: 'le VM pianificate',
  files: 'i file dello spostamento',
};

export const moveUnknownProblems: Readonly<Record<keyof typeof english, TextOf>> = {
  'move-unknown': (facts) => ({
    text: [
      `Non è certo dove sia ${facts.vm} dopo la live migration da ${facts.source} a ${facts.target}.`,
      stateText(facts.source, facts.atSource),
      stateText(facts.target, facts.atTarget),
      ...seen(facts),
      ...unread(facts),
    ]
      .filter((sentence) => sentence !== '')
      .join(' '),
    remedy:
      'Non avviare e non eliminare nulla prima di aver guardato entrambi gli host con i comandi a mano. ' +
      `Solo su ${facts.source}: lasciala lì; Riprova la sposta di nuovo. ` +
      `Solo su ${facts.target} e in esecuzione: lasciala lì; Riprova prosegue. ` +
      'Uno spostamento è ancora in corso: aspetta che finisca, poi Riprova. ' +
      "Su entrambi: lascia quella in esecuzione, e togli l'altra con Remove-VM, che conserva i dischi. " +
      'Su nessuno: registrala con Import-VM -Path e il suo .vmcx dove sono i dischi più recenti. ' +
      `Solo pianificata su ${facts.target}: se resta per minuti, eliminala con DestroySystem di Msvm_VirtualSystemManagementService.`,
  }),
};

function stateText(host: Fact | undefined, state: Fact | undefined): string {
  if (state === undefined) return '';
  if (state === 'absent') return `Su ${host} non è registrata.`;
  if (state === 'unread') return `${host} non dice se ce l'ha.`;
  return `Su ${host} è registrata, nello stato ${state}.`;
}

function seen({ target, planned, percent, to, wasBefore, unreadable, elsewhere, files }: Facts) {
  const towards = to === undefined ? '' : ` verso ${to}`;
  return [
    planned === true ? `${target} ne ha una VM pianificata.` : '',
    planned === false ? `${target} non ne ha una VM pianificata.` : '',
    percent === undefined ? '' : `Un suo spostamento${towards} è ancora in corso, al ${percent} %.`,
    wasBefore === undefined ? '' : `Prima dello spostamento era nello stato ${wasBefore}.`,
    isEmpty(unreadable) ? '' : `Questi suoi dischi non si aprono: ${listText(unreadable)}.`,
    isEmpty(elsewhere) ? '' : `Su ${target} le mancano dischi del piano: ${listText(elsewhere)}.`,
    isEmpty(files) ? '' : `Dischi dello spostamento si trovano su ${target}: ${listText(files)}.`,
  ];
}

function unread({ source, target, sourceUnread, targetUnread, why }: Facts) {
  return [
    isEmpty(sourceUnread) ? '' : `${source} non risponde su: ${partsText(sourceUnread)}.`,
    isEmpty(targetUnread) ? '' : `${target} non risponde su: ${partsText(targetUnread)}.`,
    isEmpty(why) ? '' : `Perché: ${listText(why)}.`,
  ];
}

const isEmpty = (list: Fact | undefined): boolean => !Array.isArray(list) || list.length === 0;

const partsText = (parts: Fact | undefined): string =>
  listText(Array.isArray(parts) ? parts.map((part: string) => PARTS[part] ?? part) : parts);
