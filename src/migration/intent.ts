/** The last word before anything that could make two VMs run: the hosts tell each other. */

import { entryHash } from '../domain/journal.ts';
import type { Intent } from './ports.ts';
import type { StepContext } from './step.ts';

/** What this side is about to do, tied to the journal it acts upon. */
export function intentOf(
  { entries, token }: Pick<StepContext, 'entries' | 'token'>,
  intent: Intent['intent'],
): Intent {
  const last = entries.at(-1);
  if (!last) throw new Error('Nobody acts on an empty journal');
  return {
    ...token,
    intent,
    from: intent === 'start at target' ? 'target' : 'source',
    position: last.position,
    head: entryHash(last),
  };
}

/** False when the store was restarted, restored or replaced since this step was done. */
export async function storeUnchangedSince(context: StepContext, step: string): Promise<boolean> {
  const { entries, ports } = context;
  const done = entries.findLast(({ body }) => body.kind === 'done' && body.step === step);
  if (done?.body.kind !== 'done') return false;
  return done.body.facts.store === (await ports.journal.identity());
}
