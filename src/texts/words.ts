/** All words of one language together. Views are given them; nobody else knows a language. */

import type { ProblemRecord } from '../domain/problem.ts';
import { type Text, textOf } from './catalogue.ts';
import { alerts } from './en/alerts.ts';
import { approvals } from './en/approvals.ts';
import { chat } from './en/chat.ts';
import { commands } from './en/commands.ts';
import { plan } from './en/plan.ts';

export const LANGUAGES = ['en', 'it'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The labels and sentences of messages; the English ones are the pattern for every language. */
export type Chat = typeof chat;
export type AlertWords = typeof alerts;
export type ApprovalWords = typeof approvals;
export type CommandWords = typeof commands;
export type PlanWords = typeof plan;

export interface Words {
  readonly language: Language;
  /** The words for a problem or finding. An unknown code is shown as it is: never an exception. */
  readonly textOf: (problem: ProblemRecord) => Text;
  readonly chat: Chat;
  readonly alerts: AlertWords;
  readonly approvals: ApprovalWords;
  readonly commands: CommandWords;
  readonly plan: PlanWords;
}

export const english: Words = { language: 'en', textOf, chat, alerts, approvals, commands, plan };

const ALL: Readonly<Record<Language, Words>> = { en: english, it: { ...english, language: 'it' } };

export const wordsIn = (language: Language): Words => ALL[language];

/** The language of a Slack locale such as `it-IT`; `undefined` for one that is not spoken here. */
export const languageOf = (locale: string | undefined): Language | undefined =>
  LANGUAGES.find((language) => locale?.toLowerCase().split(/[-_]/)[0] === language);
