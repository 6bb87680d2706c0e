/**
 * What a person asks for, from the question whether they may to the line in the audit; the same for
 * commands, clicks and modals.
 *
 * What changes something is written down before it is done: an approval that nobody can prove later
 * must not move a VM, so it is not taken while the audit cannot be written. What takes back or stops
 * (cancel, roll back, pause) is always done, audit or not: refusing it would keep a VM in danger for
 * the sake of a file; its loss is told in the log. Looking changes nothing and is not held up either.
 */

import { type ProblemRecord, toProblemRecord } from '../domain/problem.ts';
import type { Words } from '../texts/words.ts';
import { type Denied, DeniedProblem } from './authority.ts';
import type { Edge } from './edge.ts';
import type { Decision } from './ports.ts';
import { problemAnswer } from './views/answers.ts';
import type { Message } from './views/blocks.ts';
import { deniedAnswer } from './views/denied-answer.ts';

/** Done also when the audit cannot be written; whatever is not named here is not. */
const WITHOUT_AUDIT: readonly string[] = [
  ...['cancel', 'rollback', 'pause', 'acknowledge'],
  ...['unknown', 'status', 'hosts', 'vms', 'plan', 'copies', 'history', 'doctor', 'help', 'ask'],
  ...['scheduled', 'what-if'],
];

export interface Asking {
  readonly decision: Omit<Decision, 'outcome' | 'problem'>;
  /** What the asker's role says. */
  readonly denied: Denied | undefined;
  readonly words: Words;
}

/** Never rejects: what goes wrong is told to the one who asked, logged, and in the audit. */
export async function decided<Answer extends Message | undefined>(
  { decision, denied, words }: Asking,
  edge: Edge,
  act: () => Promise<Answer>,
): Promise<Answer | Message> {
  if (denied) return await deny(denied, { decision, words }, edge);
  try {
    if (!WITHOUT_AUDIT.includes(decision.what)) {
      await edge.audit.record({ ...decision, outcome: 'asked' });
    }
    const answer = await act();
    await recordAfter(edge, { ...decision, outcome: 'done' });
    return answer;
  } catch (error) {
    if (error instanceof DeniedProblem) return await deny(error.denied, { decision, words }, edge);
    const problem = toProblemRecord(error);
    logged(edge, decision, problem);
    await recordAfter(edge, { ...decision, outcome: 'refused', problem });
    return problemAnswer(problem, words);
  }
}

async function deny(
  denied: Denied,
  { decision, words }: Pick<Asking, 'decision' | 'words'>,
  edge: Edge,
): Promise<Message> {
  await recordAfter(edge, { ...decision, outcome: 'denied', problem: denied.problem });
  return deniedAnswer(denied, words);
}

/** It has happened, or will not: nothing is gained by telling the person otherwise. */
async function recordAfter(edge: Edge, decision: Decision): Promise<void> {
  try {
    await edge.audit.record(decision);
  } catch (error) {
    const { code, facts } = toProblemRecord(error);
    const { user, what, outcome, operation = '' } = decision;
    edge.log('audit-lost', { ...facts, code, user, what, outcome, operation });
  }
}

function logged({ log }: Edge, { how, user }: Asking['decision'], problem: ProblemRecord): void {
  const event = how === 'click' ? 'slack-click-refused' : 'slack-command-failed';
  log(event, { ...problem.facts, code: problem.code, user });
}
