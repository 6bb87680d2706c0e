/** What the steps of a live move share. */

import type { Carried, LiveHost } from '../domain/live.ts';
import type { Plan } from '../domain/plan.ts';
import { type Facts, Verdict } from '../domain/problem.ts';
import type { StepPorts } from './ports.ts';
import type { StepContext } from './step.ts';

/** @throws {Verdict} live-unavailable where this host's driver cannot move a VM itself */
export function liveOf({ host }: Pick<StepPorts, 'host'>, { source }: Plan): LiveHost {
  if (host.live) return host.live;
  throw new Verdict('live-unavailable', { host: source });
}

const NOTHING: Carried = { dvdDrives: [], adapters: [] };

type Entries = Pick<StepContext, 'entries'>;

/** What `carryOut` recorded: it stands in the journal, which both hosts read. */
export function carriedIn(context: Entries): Carried {
  const text = factsIn(context).carried;
  return typeof text === 'string' ? (JSON.parse(text) as Carried) : NOTHING;
}

/** A VM that was off is moved as well, and then stays off. */
export const ranBefore = (context: Entries): boolean =>
  (factsIn(context).state ?? 'Running') === 'Running';

function factsIn({ entries }: Entries): Facts {
  const done = entries.findLast(
    ({ body }) => body.kind === 'done' && body.step === 'carryOut' && body.move === 'run',
  )?.body;
  return done?.kind === 'done' ? done.facts : {};
}
