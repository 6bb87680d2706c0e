/**
 * How often messages are edited. Slack allows about 50 edits a minute for a whole workspace: changes
 * of state and progress share a budget, and progress leaves a part of it alone. New messages and
 * alerts are no edits of these: they never wait here.
 */

export interface PaceLimits {
  readonly firstDelayMs: number;
  readonly delayMsMax: number;
  /** Each edit makes the next wait this much longer: what takes long need not be watched closely. */
  readonly growth: number;
  /** For one message; afterwards it shows only changes of state. */
  readonly editsMax: number;
  /** For all messages together, in any minute. */
  readonly editsPerMinute: number;
  /** How many of these progress may use; the others are kept for changes of state. */
  readonly progressPerMinute: number;
}

export const PACE: PaceLimits = {
  firstDelayMs: 3_000,
  delayMsMax: 30_000,
  growth: 1.1,
  editsMax: 1_000,
  editsPerMinute: 40,
  progressPerMinute: 30,
};

const MINUTE_MS = 60_000;

export interface Pace {
  /** Takes a turn for a progress edit of this message, if it may be edited now. */
  takeTurn(message: string, nowMs: number): boolean;
  /** Takes a turn for a change of state: it waits for nothing but Slack's budget. */
  takeStateTurn(nowMs: number): boolean;
  /** Slack asked to wait. */
  holdUntil(untilMs: number): void;
  forget(message: string): void;
}

export function paceOf(limits: PaceLimits = PACE): Pace {
  const messages = new Map<string, { dueAt: number; delayMs: number; edits: number }>();
  let recent: number[] = [];
  let heldUntil = 0;
  const take = (nowMs: number, perMinute: number): boolean => {
    recent = recent.filter((at) => at > nowMs - MINUTE_MS);
    if (nowMs < heldUntil || recent.length >= perMinute) return false;
    recent.push(nowMs);
    return true;
  };
  return {
    takeTurn(message, nowMs) {
      const first = { dueAt: 0, delayMs: limits.firstDelayMs, edits: 0 };
      const { dueAt, delayMs, edits } = messages.get(message) ?? first;
      if (nowMs < dueAt || edits >= limits.editsMax) return false;
      if (!take(nowMs, Math.min(limits.progressPerMinute, limits.editsPerMinute))) return false;
      const longer = Math.min(delayMs * limits.growth, limits.delayMsMax);
      messages.set(message, { dueAt: nowMs + delayMs, delayMs: longer, edits: edits + 1 });
      return true;
    },
    takeStateTurn: (nowMs) => take(nowMs, limits.editsPerMinute),
    holdUntil(untilMs) {
      heldUntil = Math.max(heldUntil, untilMs);
    },
    forget(message) {
      messages.delete(message);
    },
  };
}
