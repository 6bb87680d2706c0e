/** What a click means: authority by user id, currency by the plan's hash, then one call. */

import { isDrainName } from '../../domain/drain.ts';
import { Problem } from '../../domain/problem.ts';
import type { Words } from '../../texts/words.ts';
import type { Asker } from '../authority.ts';
import { decided } from '../decided.ts';
import type { Edge } from '../edge.ts';
import { isOver, type OperationView } from '../operation-view.ts';
import { operationsFor } from '../scoped.ts';
import { problemAnswer, sentence, shownIn } from '../views/answers.ts';
import type { Message } from '../views/blocks.ts';
import { lateClickAnswer } from '../views/late-click.ts';
import { approveClick } from './approve.ts';
import { actionOf, type ClickAction, type ClickValue, readValue } from './clicks.ts';
import { clickDrain } from './drain.ts';

export interface Click extends Asker {
  readonly actionId: string;
  readonly value: string | undefined;
}

const AUDIENCE = {
  approve: 'approver',
  cancel: 'operator or approver',
  pause: 'operator or approver',
  resume: 'operator or approver',
  retry: 'operator',
  rollback: 'operator or approver',
  acknowledge: 'operator or approver',
} as const;

/** Somebody or something was quicker: the answer says who and what. */
const LATE: readonly string[] = [
  ...['plan-not-current', 'plan-replaced', 'already-approved', 'operation-over', 'going-back'],
  ...['not-paused', 'pause-too-late', 'past-point-of-no-return', 'deletion-begun'],
  ...['nothing-to-retry', 'alert-unknown', 'alert-heard-already'],
];

/** An answer for the one who clicked, or nothing when the message itself will show it. */
export async function answerClick(click: Click, edge: Edge): Promise<Message | undefined> {
  const { user, channel, actionId } = click;
  const words = await edge.wordsFor(user);
  const action = actionOf(actionId);
  const value = readValue(click.value);
  if (!action || !value) {
    return problemAnswer({ code: 'click-unknown', facts: { action: actionId } }, words);
  }
  const { operation, alert } = value;
  const decision = { user, channel, how: 'click', what: action, operation } as const;
  const denied = await edge.authority.denied(click, AUDIENCE[action]);
  const here = { ...edge, operations: operationsFor(click, edge) };
  let late: { problem: Problem; view: OperationView | undefined } | undefined;
  const answer = await decided({ decision, denied, words }, edge, async () => {
    try {
      return await act(action, value, { user, words }, here);
    } catch (error) {
      if (error instanceof Problem && LATE.includes(error.code)) {
        late = { problem: error, view: await here.operations.view(operation) };
      }
      throw error;
    }
  });
  edge.wake(operation);
  const view = late?.view;
  return late && view ? lateClickAnswer(late.problem, { view, alert }, words) : answer;
}

async function act(
  action: ClickAction,
  value: ClickValue,
  { user, words: { chat, alerts } }: { user: string; words: Words },
  { operations, authority, wake }: Edge,
): Promise<Message | undefined> {
  const { operation, planHash, alert = '' } = value;
  if (isDrainName(operation)) {
    const answer = await clickDrain(action, value, { user }, { operations, authority });
    return answer === undefined ? undefined : sentence(chat.approvalCounts(answer.waitingFor));
  }
  const view = await operations.view(operation);
  if (!view) throw new Problem('operation-unknown', { operation });
  if (!isCurrent(action, view, value)) throw new Problem('plan-not-current', { operation });
  // What is approved is a plan. What is stopped, taken back or heard of is the operation.
  if (action === 'approve' && view.planHash !== planHash) {
    throw new Problem('plan-replaced', { operation });
  }
  switch (action) {
    case 'approve': {
      const approved = await approveClick(view, { user }, { operations, authority });
      return approved === 'approved'
        ? undefined
        : sentence(chat.approvalCounts(approved.waitingFor));
    }
    case 'cancel':
      await operations.cancel(operation, user);
      return sentence(chat.cancelled(operation));
    case 'pause':
      await operations.pause(operation, user);
      return undefined;
    case 'resume':
      await operations.resume(operation, user);
      return undefined;
    case 'retry': {
      const anew = await operations.retry(operation, user);
      if (!anew) return sentence(chat.retried(operation));
      wake(anew.operation);
      return shownIn(chat.plannedAnew(operation, anew.operation), anew.channel);
    }
    case 'rollback':
      await operations.rollback(operation, user);
      return sentence(chat.rolledBack(operation));
    case 'acknowledge':
      await operations.acknowledge(operation, alert, user);
      return sentence(alerts.acknowledged(operation));
  }
}

/** Whether the button that was clicked would still be shown. Finer rules are the operation's own. */
function isCurrent(action: ClickAction, view: OperationView, { alert }: ClickValue): boolean {
  const { kind } = view.state;
  switch (action) {
    case 'approve':
      return kind === 'asking';
    case 'pause':
      return kind === 'copying';
    case 'resume':
      return kind === 'paused';
    case 'cancel':
      return !isOver(view) && kind !== 'rolling back';
    case 'retry':
    case 'rollback': {
      const raised = view.alerts.find((one) => one.key === alert);
      const over = isOver(view) && !(kind === 'rolled back' && action === 'retry');
      return !over && raised?.offers.includes(action) === true;
    }
    case 'acknowledge': {
      const raised = view.alerts.find((one) => one.key === alert);
      return raised !== undefined && raised.mendedAt === undefined;
    }
  }
}
