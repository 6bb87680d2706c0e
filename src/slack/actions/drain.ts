/** What a click on the message of a drain or a return means. */

import { Problem } from '../../domain/problem.ts';
import type { Asker, Authority } from '../authority.ts';
import type { Approved, Operations } from '../ports.ts';
import { isDrainOver } from '../views/drain-view.ts';
import { approveClick } from './approve.ts';
import type { ClickAction, ClickValue } from './clicks.ts';

interface Parts {
  readonly operations: Operations;
  readonly authority: Authority;
}

/**
 * Answers where more people have to approve; else the message itself shows what came of it.
 * @throws Problem `operation-unknown`, `plan-not-current`, and as `approveClick`
 */
export async function clickDrain(
  action: ClickAction,
  { operation, planHash }: ClickValue,
  { user }: Pick<Asker, 'user'>,
  { operations, authority }: Parts,
): Promise<Exclude<Approved, 'approved'> | undefined> {
  const view = (await operations.drains()).find((one) => one.operation === operation);
  if (!view) throw new Problem('operation-unknown', { operation });
  if (isDrainOver(view)) throw new Problem('drain-over', { operation });
  switch (action) {
    case 'approve': {
      if (view.state !== 'asking' || view.planHash !== planHash) {
        throw new Problem('plan-not-current', { operation });
      }
      const acknowledged = view.plan.moves.flatMap((move) => move.plan.acknowledged);
      const what = { ...view, plan: { acknowledged } };
      const approved = await approveClick(what, { user }, { operations, authority });
      return approved === 'approved' ? undefined : approved;
    }
    case 'cancel':
    case 'pause':
    case 'resume':
      await operations[action](operation, user);
      return undefined;
    case 'acknowledge':
    case 'retry':
    case 'rollback':
      throw new Problem('plan-not-current', { operation });
  }
}
