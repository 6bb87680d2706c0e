/** Which method moves a VM where nobody named one: live, unless these hosts cannot do that at all. */

import type { Finding } from '../domain/finding.ts';
import type { LiveObstacle, Method } from '../domain/plan.ts';
import type { Subject } from './check.ts';
import { runChecks } from './checks.ts';

export interface Choice {
  readonly method: Method;
  /** Why it is not live, where it was chosen for that. */
  readonly because?: LiveObstacle;
  /** Live stays the method, and what stands in its way would not stop a stream. */
  readonly streamPossible?: true;
}

/**
 * What the hosts of a pair cannot mend in a minute, the most lasting first. Whatever else stops a live
 * move has a remedy that people want to see: a stream would stop the VM, which they did not ask for.
 */
const LASTING: readonly LiveObstacle[] = [
  'domain',
  'processor-vendor',
  'delegation',
  'migration-authentication',
  'migration-enabled',
];
/** Where one of these forbids the stream, no other host changes that: live is the way. */
const LIVE_ALONE = ['cluster-role', 'disk-place'];

/** The first host that does not have the method; a stream needs both ends, a live move its source. */
export function lacksMethod({ source, target }: Subject, method: Method): string | undefined {
  const hosts = method === 'stream' ? [source, target] : [source];
  return hosts.find(({ methods }) => !methods.includes(method))?.name;
}

/** What was asked for; else what the source prefers, and instead of live what can be done. */
export function chosenMethod(subject: Subject, wished?: Method): Choice {
  if (wished) return { method: wished };
  const { source } = subject;
  const [preferred = 'stream'] = source.methods;
  const isBound = preferred !== 'live' || lacksMethod(subject, 'stream') !== undefined;
  if (isBound) return { method: preferred };
  const live = blockedChecks(subject, 'live');
  const stream = blockedChecks(subject, 'stream');
  if (LIVE_ALONE.some((check) => stream.includes(check))) return { method: 'live' };
  const because = LASTING.find((check) => live.includes(check));
  if (because) return { method: 'stream', because };
  const isPossible = live.length > 0 && stream.length === 0;
  return { method: 'live', ...(isPossible ? { streamPossible: true } : {}) };
}

const blockedChecks = (subject: Subject, method: Method): string[] =>
  runChecks(subject, { method, phase: 'plan' })
    .filter(({ severity }: Finding) => severity === 'blocker')
    .map(({ check }) => check);
