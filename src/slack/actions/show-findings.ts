/** All findings of a plan, for the one who asks; in several messages where one does not hold them. */

import { toProblemRecord } from '../../domain/problem.ts';
import { DeniedProblem } from '../authority.ts';
import type { Edge } from '../edge.ts';
import { operationsFor } from '../scoped.ts';
import { problemAnswer } from '../views/answers.ts';
import type { Message } from '../views/blocks.ts';
import { deniedAnswer } from '../views/denied-answer.ts';
import { routeOf } from '../views/operation-message.ts';
import { findingsMessages } from '../views/plan-findings.ts';
import { readValue } from './clicks.ts';
import type { Click } from './run-click.ts';

/** Looking decides nothing, so it is not in the audit; who may not look is told so. */
export async function answerFindings(click: Click, edge: Edge): Promise<readonly Message[]> {
  const words = await edge.wordsFor(click.user);
  const value = readValue(click.value);
  if (!value) {
    return [problemAnswer({ code: 'click-unknown', facts: { action: click.actionId } }, words)];
  }
  const { operation } = value;
  const denied = await edge.authority.denied(click, 'viewer');
  if (denied) return [deniedAnswer(denied, words)];
  try {
    const view = await operationsFor(click, edge).view(operation);
    if (!view) return [problemAnswer({ code: 'operation-unknown', facts: { operation } }, words)];
    return findingsMessages(words.chat.title(routeOf(view)), view.findings, words);
  } catch (error) {
    if (error instanceof DeniedProblem) return [deniedAnswer(error.denied, words)];
    const problem = toProblemRecord(error);
    edge.log('slack-click-refused', { ...problem.facts, code: problem.code, user: click.user });
    return [problemAnswer(problem, words)];
  }
}
