/** All words of one language together. Views are given them; nobody else knows a language. */

import type { ProblemRecord } from '../domain/problem.ts';
import { type Text, textsIn } from './catalogue.ts';
import { alerts } from './en/alerts.ts';
import { alignment } from './en/alignment.ts';
import { approvals } from './en/approvals.ts';
import { chat } from './en/chat.ts';
import { commands } from './en/commands.ts';
import { deletion } from './en/deletion.ts';
import { drain } from './en/drain.ts';
import { live } from './en/live.ts';
import { off } from './en/off.ts';
import { outpaced } from './en/outpaced.ts';
import { plan } from './en/plan.ts';
import { restore } from './en/restore.ts';
import { times } from './en/times.ts';
import { whatIf } from './en/what-if.ts';
import { alerts as italianAlerts } from './it/alerts.ts';
import { alignment as italianAlignment } from './it/alignment.ts';
import { approvals as italianApprovals } from './it/approvals.ts';
import { chat as italianChat } from './it/chat.ts';
import { commands as italianCommands } from './it/commands.ts';
import { deletion as italianDeletion } from './it/deletion.ts';
import { drain as italianDrain } from './it/drain.ts';
import { live as italianLive } from './it/live.ts';
import { off as italianOff } from './it/off.ts';
import { outpaced as italianOutpaced } from './it/outpaced.ts';
import { plan as italianPlan } from './it/plan.ts';
import { restore as italianRestore } from './it/restore.ts';
import { times as italianTimes } from './it/times.ts';
import { whatIf as italianWhatIf } from './it/what-if.ts';

export const LANGUAGES = ['en', 'it'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The labels and sentences of messages; the English ones are the pattern for every language. */
export type AlignmentWords = typeof alignment;
export type Chat = typeof chat;
export type AlertWords = typeof alerts;
export type ApprovalWords = typeof approvals;
export type CommandWords = typeof commands;
export type DeletionWords = typeof deletion;
export type DrainWords = typeof drain;
export type TimeWords = typeof times;
export type WhatIfWords = typeof whatIf;
export type LiveWords = typeof live;
export type OffWords = typeof off;
export type OutpacedWords = typeof outpaced;
export type PlanWords = typeof plan;
export type RestoreWords = typeof restore;

export interface Words {
  readonly language: Language;
  /** The words for a problem or finding. An unknown code is shown as it is: never an exception. */
  readonly textOf: (problem: ProblemRecord) => Text;
  readonly chat: Chat;
  readonly alignment: AlignmentWords;
  readonly alerts: AlertWords;
  readonly approvals: ApprovalWords;
  readonly commands: CommandWords;
  readonly deletion: DeletionWords;
  readonly drain: DrainWords;
  readonly times: TimeWords;
  readonly live: LiveWords;
  readonly off: OffWords;
  readonly outpaced: OutpacedWords;
  readonly plan: PlanWords;
  readonly restore: RestoreWords;
  readonly whatIf: WhatIfWords;
}

export const english: Words = {
  language: 'en',
  textOf: textsIn('en'),
  chat,
  alignment,
  alerts,
  approvals,
  commands,
  deletion,
  drain,
  times,
  live,
  off,
  outpaced,
  plan,
  restore,
  whatIf,
};

const italian: Words = {
  language: 'it',
  textOf: textsIn('it'),
  chat: italianChat,
  alignment: italianAlignment,
  alerts: italianAlerts,
  approvals: italianApprovals,
  commands: italianCommands,
  deletion: italianDeletion,
  drain: italianDrain,
  times: italianTimes,
  live: italianLive,
  off: italianOff,
  outpaced: italianOutpaced,
  plan: italianPlan,
  restore: italianRestore,
  whatIf: italianWhatIf,
};

const ALL: Readonly<Record<Language, Words>> = { en: english, it: italian };

export const wordsIn = (language: Language): Words => ALL[language];

/** The language of a Slack locale such as `it-IT`; `undefined` for one that is not spoken here. */
export const languageOf = (locale: string | undefined): Language | undefined =>
  LANGUAGES.find((language) => locale?.toLowerCase().split(/[-_]/)[0] === language);
