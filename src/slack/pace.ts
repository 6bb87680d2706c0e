/** How often progress is edited. Slack allows about 50 edits a minute for a whole workspace. */

export interface PaceLimits {
  readonly firstDelayMs: number;
  readonly delayMsMax: number;
  /** Each edit makes the next wait this much longer: what takes long need not be watched closely. */
  readonly growth: number;
  /** For one message; afterwards it shows only changes of state. */
  readonly editsMax: number;
  /** For all messages together, in any minute. */
  readonly editsPerMinute: number;
}

export const PACE: PaceLimits = {
  firstDelayMs: 3_000,
  delayMsMax: 30_000,
  growth: 1.1,
  editsMax: 1_000,
  editsPerMinute: 40,
};

const MINUTE_MS = 60_000;

export interface Pace {
  /** Takes a turn for a progress edit of this message, if it may be edited now. */
  takeTurn(message: string, nowMs: number): boolean;
  /** An edit that did not wait for a turn: it uses Slack's budget all the same. */
  count(nowMs: number): void;
  /** Slack asked to wait. */
  holdUntil(untilMs: number): void;
  forget(message: string): void;
}

export function paceOf(limits: PaceLimits = PACE): Pace {
  const messages = new Map<string, { dueAt: number; delayMs: number; edits: number }>();
  let recent: number[] = [];
  let heldUntil = 0;
  const count = (nowMs: number): void => {
    // Bounded: progress stops at the budget, and changes of state are few.
    recent = [...recent.filter((at) => at > nowMs - MINUTE_MS), nowMs];
  };
  return {
    takeTurn(message, nowMs) {
      const first = { dueAt: 0, delayMs: limits.firstDelayMs, edits: 0 };
      const { dueAt, delayMs, edits } = messages.get(message) ?? first;
      const inMinute = recent.filter((at) => at > nowMs - MINUTE_MS).length;
      if (nowMs < dueAt || nowMs < heldUntil) return false;
      if (edits >= limits.editsMax || inMinute >= limits.editsPerMinute) return false;
      const longer = Math.min(delayMs * limits.growth, limits.delayMsMax);
      messages.set(message, { dueAt: nowMs + delayMs, delayMs: longer, edits: edits + 1 });
      count(nowMs);
      return true;
    },
    count,
    holdUntil(untilMs) {
      heldUntil = Math.max(heldUntil, untilMs);
    },
    forget(message) {
      messages.delete(message);
    },
  };
}
