/** What a click means: authority by user id, currency by the plan's hash, then one call. */

import { Problem, toProblemRecord } from '../../domain/problem.ts';
import { chat } from '../../texts/en/chat.ts';
import { deniedFor } from '../authority.ts';
import type { Edge } from '../edge.ts';
import type { OperationView } from '../ports.ts';
import { problemAnswer, sentence } from '../views/answers.ts';
import type { Message } from '../views/blocks.ts';
import { actionOf, type ClickAction, type ClickValue, readValue } from './clicks.ts';

export interface Click {
  readonly actionId: string;
  readonly value: string | undefined;
  readonly user: string;
}

const AUDIENCE = {
  approve: 'approver',
  cancel: 'operator or approver',
  retry: 'operator',
  rollback: 'operator or approver',
} as const;

/** An answer for the one who clicked, or nothing when the message itself will show it. */
export async function answerClick(click: Click, edge: Edge): Promise<Message | undefined> {
  const action = actionOf(click.actionId);
  const value = readValue(click.value);
  if (!action || !value) {
    return problemAnswer({ code: 'click-unknown', facts: { action: click.actionId } });
  }
  const denied = deniedFor(click.user, AUDIENCE[action], edge.roles);
  if (denied) return problemAnswer(denied.problem, denied.whoMay);
  try {
    return await act(action, value, click.user, edge);
  } catch (error) {
    const problem = toProblemRecord(error);
    edge.log('slack-click-refused', { ...problem.facts, code: problem.code, user: click.user });
    return problemAnswer(problem);
  } finally {
    edge.wake(value.operation);
  }
}

async function act(
  action: ClickAction,
  value: ClickValue,
  user: string,
  { operations }: Edge,
): Promise<Message | undefined> {
  const { operation, planHash } = value;
  const view = await operations.view(operation);
  if (!view || view.planHash !== planHash || !isCurrent(action, view, value)) {
    throw new Problem('plan-not-current', { operation });
  }
  switch (action) {
    case 'approve': {
      if (view.approvals.users.includes(user)) throw new Problem('already-approved', { operation });
      const approved = await operations.approve(operation, { user, planHash });
      return approved === 'approved'
        ? undefined
        : sentence(chat.approvalCounts(approved.waitingFor));
    }
    case 'cancel':
      await operations.cancel({ operation }, user);
      return sentence(chat.cancelled(operation));
    case 'retry':
      await operations.retry(operation, user);
      return sentence(chat.retried(operation));
    case 'rollback':
      await operations.rollback(operation, user);
      return sentence(chat.rolledBack(operation));
  }
}

/** Whether the button that was clicked would still be shown. Finer rules are the operation's own. */
function isCurrent(action: ClickAction, view: OperationView, { alert }: ClickValue): boolean {
  const { kind } = view.state;
  switch (action) {
    case 'approve':
      return kind === 'asking';
    case 'cancel':
      return kind !== 'migrated' && kind !== 'rolled back';
    case 'retry':
    case 'rollback': {
      const raised = view.alerts.find((one) => one.key === alert);
      const over = kind === 'migrated' || (kind === 'rolled back' && action === 'rollback');
      return !over && raised?.offers.includes(action) === true;
    }
  }
}
