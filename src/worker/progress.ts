/** A running round's figures for the message in Slack: at most one write a second. */

import type { LiveProgress } from '../domain/live.ts';
import type { Logger } from '../log.ts';
import type { Records } from '../store/store.ts';
import type { SendProgress } from '../stream/send-round.ts';

const WRITE_SECONDS = 1;

export type OnProgress = (
  operation: string,
  progress: SendProgress & { readonly bytesTotal: number },
) => void;

/** Rates and the remaining time are over the whole round so far. */
export function progressWriter(records: Records, log: Logger): OnProgress {
  const rounds = new Map<string, { round: number; startedAt: number; writtenAt: number }>();
  return (operation, { round, bytesRead, bytesTotal }) => {
    const now = performance.now();
    let state = rounds.get(operation);
    if (state?.round !== round) {
      state = { round, startedAt: now, writtenAt: Number.NEGATIVE_INFINITY };
      rounds.set(operation, state);
    }
    if (now - state.writtenAt < WRITE_SECONDS * 1000) return;
    state.writtenAt = now;
    const seconds = Math.max(0.001, (now - state.startedAt) / 1000);
    const bytesPerSecond = bytesRead / seconds;
    const bytesLeft = Math.max(0, bytesTotal - bytesRead);
    const etaSeconds = bytesPerSecond > 0 ? bytesLeft / bytesPerSecond : 0;
    // Digests are of whole blocks, so that a round of small changes reads more than it holds.
    const bytesDone = Math.min(bytesRead, bytesTotal);
    const progress = { round, bytesDone, bytesTotal, bytesPerSecond, etaSeconds };
    records.put(`progress/${operation}`, progress).catch((error: unknown) => {
      log.warn({ operation, error: String(error) }, 'progress not stored');
    });
  };
}

/** The hypervisor tells percents alone. */
export function moveProgressWriter(
  records: Records,
  log: Logger,
): (operation: string, progress: LiveProgress) => void {
  const written = new Map<string, number>();
  return (operation, { percent, phase }) => {
    const now = performance.now();
    if (now - (written.get(operation) ?? Number.NEGATIVE_INFINITY) < WRITE_SECONDS * 1000) return;
    written.set(operation, now);
    const none = { round: 0, bytesPerSecond: 0, etaSeconds: 0 };
    const progress = { ...none, bytesDone: percent, bytesTotal: 100, phase };
    records.put(`progress/${operation}`, progress).catch((error: unknown) => {
      log.warn({ operation, error: String(error) }, 'progress not stored');
    });
  };
}
