/** The doctor's look at the store: opened anew, so that it is checked as at a start. */

import type { Finding } from '../domain/finding.ts';
import { Problem } from '../domain/problem.ts';
import { openStore, storeAt } from '../store/open.ts';
import type { JournalStore, Store } from '../store/store.ts';

/** Approvals expire by the store's clock, and people read them by theirs. */
export const CLOCK_SECONDS_MAX = 5;
/** The store is there, but does not say how it is set. */
const UNREADABLE: readonly string[] = ['redis-settings-hidden'];

/** @param host the host's name, or `bot` */
export async function storeFindings(host: string, url: string): Promise<Finding[]> {
  const check = 'store';
  let store: Store;
  try {
    store = await openStore(url);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, facts } = error;
    const severity = UNREADABLE.includes(code) ? 'unknown' : 'blocker';
    return [{ check, severity, code, facts }, clockUnknown(host)];
  }
  await using _ = store;
  const { kind, shown, settings } = storeAt(url);
  const facts = { host, kind, url: shown, settings };
  return [
    { check, severity: 'ok', code: 'doctor-store-ok', facts },
    await clockFinding(host, store.journal),
  ];
}

const clockUnknown = (host: string): Finding => {
  return { check: 'clock', severity: 'unknown', code: 'doctor-clock-unknown', facts: { host } };
};

/** The call's own duration is doubt, not difference. */
export async function clockFinding(
  host: string,
  { now }: Pick<JournalStore, 'now'>,
): Promise<Finding> {
  const before = Date.now();
  const there = await now().catch((error: unknown) => {
    if (error instanceof Problem) return undefined;
    throw error;
  });
  if (there === undefined) return clockUnknown(host);
  const after = Date.now();
  const aheadMilliseconds = there < before ? there - before : Math.max(0, there - after);
  const seconds = Math.round(aheadMilliseconds / 100) / 10;
  const facts = { host, seconds };
  return Math.abs(seconds) > CLOCK_SECONDS_MAX
    ? { check: 'clock', severity: 'warning', code: 'doctor-clock-off', facts }
    : { check: 'clock', severity: 'ok', code: 'doctor-clock-ok', facts };
}
