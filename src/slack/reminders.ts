/** While a migration asks, its thread calls the people who may approve: at once, and before it ends. */

import { countingApprovers, lacksAdministrator, needsAdministrator } from '../domain/approvers.ts';
import { RHYTHM } from '../migration/next-action.ts';
import type { Words } from '../texts/words.ts';
import type { Authority } from './authority.ts';
import type { Note } from './notices.ts';
import type { OperationView } from './operation-view.ts';
import type { Operations } from './ports.ts';
import { askingMessage, expiredMessage, reminderOfApproval } from './views/approval-message.ts';
import { wordsFor } from './views/own-words.ts';

const SECOND_MS = 1000;
/** Before it ends. */
const LAST_CALLS_SECONDS = [3600, 600] as const;

/** Views that say who may approve: roles are the chat's, and no journal knows them. */
export function sayingWhoMay(
  operations: Operations,
  authority: Pick<Authority, 'whoIs' | 'peopleWho'>,
): Operations {
  return {
    ...operations,
    async view(operation) {
      const view = await operations.view(operation);
      if (!view) return undefined;
      const { approvals, requestedBy } = view;
      const { twoPersons } = approvals;
      const role = (await mustBeAdministrator(view, authority)) ? 'administrator' : 'approver';
      const whoMay = countingApprovers(authority.whoIs(role), { requestedBy, twoPersons });
      return { ...view, approvals: { ...approvals, whoMay } };
    },
  };
}

/** Whether the next approval counts as an administrator's alone. */
async function mustBeAdministrator(
  { plan, approvals: { users, needed } }: OperationView,
  authority: Pick<Authority, 'peopleWho'>,
): Promise<boolean> {
  if (!needsAdministrator(plan) || needed - users.length > 1) return false;
  const { users: administrators } = await authority.peopleWho('administrator');
  return lacksAdministrator(users, { needed: needed - 1, administrators });
}

/**
 * The message that is due now, named so that it is posted once for each asking, whatever restarts
 * come between. A bot that was away says only the newest.
 */
export const remindersOf =
  (general: Words) =>
  (view: OperationView, now: number): readonly Note[] => {
    const words = wordsFor(view, general);
    const { state, approvals } = view;
    const why = state.why?.code;
    if (why === 'approval-expired' || why === 'pause-expired') {
      return [{ name: why, message: expiredMessage(view, why, words), broadcast: true }];
    }
    const { expiresAt } = approvals;
    if (state.kind !== 'asking' || expiresAt === undefined) return [];
    const secondsLeft = (expiresAt - now) / SECOND_MS;
    if (secondsLeft <= 0) return [];
    const named = (what: string) => `approval-${Math.trunc(expiresAt)}-${what}`;
    const lastCall = LAST_CALLS_SECONDS.findLast((seconds) => secondsLeft <= seconds);
    if (lastCall !== undefined) {
      const message = reminderOfApproval(view, { secondsLeft, isLastCall: true }, words);
      return [{ name: named(`last-${lastCall}`), message, broadcast: true }];
    }
    if (secondsLeft <= RHYTHM.approvalSeconds / 2) {
      const message = reminderOfApproval(view, { secondsLeft, isLastCall: false }, words);
      return [{ name: named('half'), message }];
    }
    const message = askingMessage(view, words);
    const asks = { name: named('asks'), message, broadcast: true };
    // Whoever waits for a quieter time hears that it has come.
    return view.outpaced?.fitsAgain ? [asks, { ...asks, name: named('fits') }] : [asks];
  };
