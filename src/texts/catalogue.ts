/** One catalogue per language: findings, problems and alerts by code. Words live here alone. */

import type { Facts, ProblemRecord } from '../domain/problem.ts';
import { alertProblems } from './en/alerts.ts';
import { approvalProblems } from './en/approvals.ts';
import { commandProblems } from './en/commands.ts';
import { diskProblems } from './en/disks.ts';
import { doctorProblems } from './en/doctor.ts';
import { doctorSlackProblems } from './en/doctor-slack.ts';
import { hostProblems } from './en/hosts.ts';
import { labProblems } from './en/lab.ts';
import { labPageProblems } from './en/lab-page.ts';
import { migrationProblems } from './en/migration.ts';
import { operationProblems } from './en/operations.ts';
import { planProblems } from './en/plan.ts';
import { preflightProblems } from './en/preflight.ts';
import { problems } from './en/problems.ts';
import { slackProblems } from './en/slack.ts';
import { storeProblems } from './en/store.ts';
import { streamProblems } from './en/stream.ts';
import { trustProblems } from './en/trust.ts';

/** What, where, which value; and what to do next. Plain, short sentences. */
export interface Text {
  readonly text: string;
  readonly remedy: string;
}

export type TextOf = (facts: Facts) => Text;

/** Each area of the code keeps its entries in one file of `texts/en/`. */
const CATALOGUE: Readonly<Record<string, TextOf>> = {
  ...alertProblems,
  ...approvalProblems,
  ...commandProblems,
  ...diskProblems,
  ...doctorProblems,
  ...doctorSlackProblems,
  ...hostProblems,
  ...labProblems,
  ...labPageProblems,
  ...migrationProblems,
  ...operationProblems,
  ...planProblems,
  ...preflightProblems,
  ...problems,
  ...slackProblems,
  ...storeProblems,
  ...streamProblems,
  ...trustProblems,
};

/** The words for a problem or finding. An unknown code is shown as it is: never an exception. */
export function textOf({ code, facts }: ProblemRecord): Text {
  // A code comes from journals and peers: `toString` is none of ours.
  const entry = Object.hasOwn(CATALOGUE, code) ? CATALOGUE[code] : undefined;
  if (entry) return entry(facts);
  return {
    text: `${code} ${JSON.stringify(facts)}`,
    remedy: 'Report this code to the maintainers.',
  };
}

export const catalogueCodes = (): string[] => Object.keys(CATALOGUE);
