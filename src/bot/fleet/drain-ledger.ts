/** Journals of drains: read, opened and appended to by the bot alone. */

import { type DrainPlan, drainClaim, drainName } from '../../domain/drain.ts';
import type { Entry, OpenedDrain, Party } from '../../domain/journal.ts';
import { planHash } from '../../domain/plan.ts';
import { Problem } from '../../domain/problem.ts';
import { type DrainState, drainState } from '../../fleet/drain.ts';
import { appendSigned } from '../../worker/journal.ts';
import { freshName, type Proposing } from '../propose.ts';
import { type DecideOn, type Ledger, readVerified, requestOn } from '../requests.ts';

export interface SeenDrain {
  readonly entries: readonly Entry[];
  readonly state: DrainState;
}

/** @throws {Problem} operation-unknown | journal-behind | journal-… */
export async function lookDrain(ledger: Ledger, operation: string): Promise<SeenDrain> {
  const entries = await readVerified(ledger, operation);
  return { entries, state: drainState(entries) };
}

/** Appends what `decide` says, in the bot's name; nothing where it says nothing. */
export const requestDrain = (
  ledger: Ledger,
  operation: string,
  decide: DecideOn<SeenDrain>,
): Promise<SeenDrain> => requestOn(ledger, { operation, author: 'bot', look: lookDrain }, decide);

export interface DrainAsk {
  readonly host: Party;
  readonly user: string;
  readonly channel: string;
}

/** Takes the host. @throws {Problem} drain-claimed {host, holder} */
export async function openDrain(
  from: Proposing,
  plan: DrainPlan,
  { host, user, channel }: DrainAsk,
): Promise<string> {
  const operation = drainName(await freshName(from));
  const body: OpenedDrain = {
    kind: 'opened',
    operation: plan.method,
    list: 'drain@1',
    plan,
    planHash: planHash(plan),
    requestedBy: user,
    approversNeeded: from.approversNeeded,
    twoPersons: from.twoPersons,
    parties: {
      bot: { name: 'bot', publicKey: from.identity.publicKey },
      source: host,
      target: host,
    },
    channel,
  };
  const entry = { operation, entries: [], author: 'bot', body } as const;
  const result = await appendSigned(from, entry, { take: [drainClaim(host.name)] });
  if (result.result === 'appended') return operation;
  const holder = result.result === 'claimed' ? result.holder : operation;
  throw new Problem('drain-claimed', { host: host.name, holder });
}

/** @throws {Problem} drain-claimed: another drain or return of this host is not over */
export async function refuseClaimed(from: Proposing, host: string): Promise<void> {
  const holder = await from.store.holder(drainClaim(host));
  if (holder !== undefined) throw new Problem('drain-claimed', { host, holder });
}
