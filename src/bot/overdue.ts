/** What takes longer than it should, from entry times alone: also heard when both workers are dead. */

import type { Alert } from '../domain/alert.ts';
import { type Entry, openedOf } from '../domain/journal.ts';
import { isMove, type Plan, staysOff } from '../domain/plan.ts';
import type { ProblemRecord } from '../domain/problem.ts';
import { beganAt } from '../migration/gate.ts';
import { tasksOf } from '../migration/next-action.ts';
import { secondsAtWork } from '../migration/rest.ts';
import { ADDRESS_SECONDS_MAX } from '../migration/shown.ts';
import type { Seen } from './requests.ts';

/** A worker that is asked to act begins within moments; this long without it is worth a look. */
const SILENT_SECONDS = 60;

type Overdue = Pick<Alert, 'key' | 'cause' | 'raisedAt'>;

/** The alerts that time alone raises. `now`: the store's clock, milliseconds since 1970. */
export function overdueIn({ entries, next, state }: Seen, now: number): Overdue[] {
  if (state.closed) return [];
  const { operation, plan } = openedOf(entries);
  const found = !isMove(plan) ? [] : outOfBounds(plan, { entries, next, state }, now);
  const last = entries.at(-1);
  const rests = next.kind === 'await approval' || next.kind === 'await time';
  const [task] = rests ? [] : tasksOf(next);
  // A host that is lost does what is left to it when it comes back.
  const isLost = operation === 'restore' && next.kind === 'finished';
  const due = Math.max(last?.at ?? now, task?.notBefore ?? 0) + SILENT_SECONDS * 1000;
  if (task && !isLost && last?.body.kind !== 'started' && now > due) {
    const facts = { vm: plan.vm.name, host: plan[task.on], seconds: SILENT_SECONDS };
    found.push(overdue(due, { code: 'host-does-not-act', facts }));
  }
  return found;
}

const overdue = (raisedAt: number, cause: ProblemRecord): Overdue => {
  return { key: `overdue-${cause.code}`, cause, raisedAt };
};

/** Of a migration alone: it is off, or at work, for longer than people approved. */
function outOfBounds(
  plan: Plan,
  { entries, next, state }: Pick<Seen, 'entries' | 'next' | 'state'>,
  now: number,
): Overdue[] {
  const found: Overdue[] = [];
  const vm = plan.vm.name;
  const off = secondsOff(entries, now);
  const late = (seconds: number, secondsMax: number): number => now - (seconds - secondsMax) * 1000;
  const offSecondsMax = plan.pauseSecondsMax + (isConfirming(entries) ? ADDRESS_SECONDS_MAX : 0);
  if (off > offSecondsMax && !staysOff(plan)) {
    const facts = { vm, seconds: plan.pauseSecondsMax };
    found.push(overdue(late(off, offSecondsMax), { code: 'off-longer-than-planned', facts }));
  }
  const seconds = secondsAtWork(state, beganAt(entries, now), now);
  const isAtWork = next.kind === 'run' && !state.settled;
  if (isAtWork && seconds > plan.secondsMax) {
    const facts = { vm, seconds: plan.secondsMax };
    const raisedAt = late(seconds, plan.secondsMax);
    found.push(overdue(raisedAt, { code: 'takes-longer-than-planned', facts }));
  }
  return found;
}

/** Since the source was asked to stop and until the VM shows that it runs again, on either host. */
function secondsOff(entries: readonly Entry[], now: number): number {
  const stopped = entries.findLast(({ body }) => body.kind === 'started' && isStop(body));
  if (!stopped) return 0;
  const back = entries.find(
    ({ position, body }) => position > stopped.position && body.kind === 'done' && isBack(body),
  );
  return ((back?.at ?? now) - stopped.at) / 1000;
}

/** It may run and not show its addresses yet. */
const isConfirming = (entries: readonly Entry[]): boolean => {
  const body = entries.at(-1)?.body;
  return body?.kind === 'started' && body.step === 'confirmTarget' && body.move === 'run';
};

const isStop = ({ step, move }: { step: string; move: string }): boolean =>
  step === 'stopSource' && move === 'run';

const isBack = ({ step, move }: { step: string; move: string }): boolean =>
  (step === 'confirmTarget' && move === 'run') || (step === 'stopSource' && move === 'undo');
