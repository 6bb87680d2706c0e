/** What the steps of a live move share. */

import type { Carried } from '../domain/live.ts';
import type { Plan } from '../domain/plan.ts';
import { Verdict } from '../domain/problem.ts';
import type { LiveHost, StepPorts } from './ports.ts';
import type { StepContext } from './step.ts';

/** @throws {Verdict} live-unavailable where this host's driver cannot move a VM itself */
export function liveOf({ host }: Pick<StepPorts, 'host'>, { source }: Plan): LiveHost {
  if (host.live) return host.live;
  throw new Verdict('live-unavailable', { host: source });
}

const NOTHING: Carried = { dvdDrives: [], adapters: [] };

/** What `carryOut` recorded: it stands in the journal, which both hosts read. */
export function carriedIn({ entries }: Pick<StepContext, 'entries'>): Carried {
  const done = entries.findLast(
    ({ body }) => body.kind === 'done' && body.step === 'carryOut' && body.move === 'run',
  )?.body;
  const text = done?.kind === 'done' ? done.facts.carried : undefined;
  return typeof text === 'string' ? (JSON.parse(text) as Carried) : NOTHING;
}
