/** Which alerts an operation raised, and which of them are mended: from its journal and its book. */

import type { Alert } from '../domain/alert.ts';
import { type Entry, type EntryBody, openedOf } from '../domain/journal.ts';
import type { ProblemRecord } from '../domain/problem.ts';
import { isPastReturn } from '../migration/how-far.ts';
import { stepsOf } from '../migration/steps.ts';
import type { Loss } from '../texts/loss.ts';
import type { AlertBook, BookedAlert } from './alert-book.ts';
import { isJournalBroken, lossIn } from './loss.ts';
import { overdueIn } from './overdue.ts';
import type { Seen } from './requests.ts';

/** An alert as its source raises it; the rest is the same for all. */
interface Raised {
  readonly key: string;
  readonly cause: ProblemRecord;
  readonly raisedAt: number;
  readonly failedAgainAt?: number;
  readonly mendedAt?: number;
}

/** What is known beside the journal. `halts`: by host, why its worker stopped acting, or watches no more. */
interface Known {
  readonly halts: Readonly<Record<string, ProblemRecord>>;
  readonly book: AlertBook;
}

/**
 * All alerts, oldest first. New ones get new keys; the same journal always gives the same ones.
 * Each cause has the fact `lost`, a `Loss`.
 */
export function alertsOf(operation: string, seen: Seen, known: Known): Alert[] {
  const { entries } = seen;
  const failures = failuresIn(entries);
  // What is closed needs nobody to act any more.
  const halts = seen.state.closed ? [] : haltsIn(known.halts, seen.now);
  const passing = [...overdueIn(seen, seen.now), ...halts];
  const noticed = noticedIn(passing, known.book, { keys: failures.map(({ key }) => key), seen });
  const all = [...failures, ...noticed].toSorted((a, b) => a.raisedAt - b.raisedAt);
  const isBroken = Object.values(known.halts).some(isJournalBroken) && !seen.state.closed;
  return all.map(({ key, cause, raisedAt, failedAgainAt, mendedAt }) => {
    const booked = known.book[key]?.heard;
    // Who had heard of it before it failed again has not heard of that.
    const heard = booked && booked.at >= (failedAgainAt ?? 0) ? booked : undefined;
    const until = mendedAt ?? Number.POSITIVE_INFINITY;
    const then = entries.filter(({ at }) => at <= until);
    const lost: Loss = isBroken && mendedAt === undefined ? 'not-known' : lossIn(then);
    return {
      key,
      operation,
      cause: { ...cause, facts: { ...cause.facts, lost } },
      raisedAt,
      home: homeAt(then),
      offers: offersOf(seen, { key, cause, mendedAt }),
      ...(failedAgainAt === undefined ? {} : { failedAgainAt }),
      ...(mendedAt === undefined ? {} : { mendedAt }),
      ...(heard ? { heard } : {}),
    };
  });
}

type Body<Kind> = Extract<EntryBody, { kind: Kind }>;
interface Failure extends Raised {
  readonly name: string;
  readonly failed: Body<'failed'>;
}

function failuresIn(entries: readonly Entry[]): Raised[] {
  let found: Failure[] = [];
  let retriedAt = 0;
  let turnedBy: string | undefined;
  for (const { body, at } of entries) {
    found = found.map((one) =>
      one.mendedAt === undefined && isMendedBy(body, one.failed) ? { ...one, mendedAt: at } : one,
    );
    if (body.kind === 'retried') retriedAt = at;
    // Why all is taken back is told once: the step that ran meanwhile ends with the same words.
    const isEcho = body.kind === 'failed' && isOf(body, turnedBy);
    turnedBy ??= turnsBack(body);
    if (body.kind !== 'failed' || isQuiet(body) || isEcho) continue;
    const name = `failed-${body.step}-${body.move}-${body.problem.code}`;
    const alike = found.filter((one) => one.name === name);
    const standing = alike.find(({ mendedAt }) => mendedAt === undefined);
    if (!standing) {
      const key = alike.length === 0 ? name : `${name}-${alike.length + 1}`;
      found.push({ name, key, cause: body.problem, raisedAt: at, failed: body });
    } else if (retriedAt > (standing.failedAgainAt ?? standing.raisedAt)) {
      found = found.map((one) => (one === standing ? { ...one, failedAgainAt: at } : one));
    }
  }
  return found;
}

/** Rounds that keep a copy warm are tried again by themselves. */
const isQuiet = ({ outcome, move }: Body<'failed'>): boolean =>
  move === 'keepWarm' && outcome === 'unknown';

/** The code under which the operation is taken back from here on, if it is. */
function turnsBack(body: EntryBody): string | undefined {
  if (body.kind === 'failed' && body.outcome === 'roll back') return body.problem.code;
  if (body.kind === 'rollback') return 'rollback-asked';
  return body.kind === 'cancelled' ? 'cancelled' : undefined;
}

/** What fails on the way back has a reason of its own. */
const isOf = ({ move, problem }: Body<'failed'>, code: string | undefined): boolean =>
  move !== 'undo' && problem.code === code;

/** The step went well after all, people answered what it asked, or the VM's home is certain. */
function isMendedBy(body: EntryBody, failed: Body<'failed'>): boolean {
  if (body.kind === 'done') return body.step === failed.step && body.move === failed.move;
  if (body.kind === 'approved') return failed.outcome === 'ask again';
  // What is undone after that are left-overs, which concern one host alone.
  if (body.kind === 'settled') return failed.move !== 'undo';
  return body.kind === 'closed';
}

const haltsIn = (halts: Known['halts'], now: number): Raised[] =>
  Object.entries(halts).map(([host, cause]) => ({
    key: `halt-${host}-${cause.code}`,
    cause,
    raisedAt: now,
  }));

/**
 * What leaves no entry is remembered by the book: it keeps its first time, and is mended when it is
 * no longer there. When it comes back it is a new alert.
 */
function noticedIn(
  passing: readonly Raised[],
  book: AlertBook,
  { keys, seen }: { keys: readonly string[]; seen: Seen },
): Raised[] {
  const now = passing.map((one): Raised => {
    const alike = Object.keys(book).filter((key) => isRepeat(key, one.key));
    const standing = alike.find((key) => book[key]?.mendedAt === undefined);
    const fresh = alike.length === 0 ? one.key : `${one.key}-${alike.length + 1}`;
    const first = standing === undefined ? undefined : book[standing]?.raisedAt;
    return { ...one, key: standing ?? fresh, raisedAt: first ?? one.raisedAt };
  });
  const known = new Set([...keys, ...now.map(({ key }) => key)]);
  const gone = Object.entries(book).filter(([key]) => !known.has(key));
  return [...now, ...gone.map(([key, booked]) => mended(key, booked, seen.now))];
}

const isRepeat = (key: string, first: string): boolean =>
  key === first || (key.startsWith(`${first}-`) && /^\d+$/.test(key.slice(first.length + 1)));

const mended = (key: string, { cause, raisedAt, mendedAt }: BookedAlert, now: number): Raised => ({
  key,
  cause,
  raisedAt,
  mendedAt: mendedAt ?? now,
});

function offersOf(
  { next, entries, state }: Seen,
  alert: { key: string; cause: ProblemRecord; mendedAt: number | undefined },
): Alert['offers'] {
  if (alert.key.startsWith('halt-') && alert.mendedAt === undefined) {
    if (['replan-other-disks', 'volumes-unwatched'].includes(alert.cause.code)) return ['cancel'];
    // Entries that contradict what a host saw cannot be mended by adding what is missing.
    return alert.cause.code === 'journal-behind' ? ['heal-store'] : [];
  }
  if (next.kind === 'finished' && next.outcome === 'rolled back') return ['retry'];
  if (alert.mendedAt !== undefined || next.kind !== 'needs a person') return [];
  const steps = stepsOf(openedOf(entries));
  return isPastReturn(steps, state) ? ['retry'] : ['retry', 'rollback'];
}

/** Once such a step is done, the VM is at the target. */
const STARTS: readonly string[] = ['startTarget', 'moveLive'];

/** Where the VM is, by the journal: nowhere between its stop and its start elsewhere. */
function homeAt(entries: readonly Entry[]): Alert['home'] {
  const settled = entries.findLast(({ body }) => body.kind === 'settled')?.body;
  if (settled?.kind === 'settled') return settled.home;
  const last = (of: (body: EntryBody) => boolean): number =>
    entries.findLastIndex(({ body }) => of(body));
  const move = (kind: 'started' | 'done', step: string, how: string): number =>
    last((body) => body.kind === kind && body.step === step && body.move === how);
  const stopped = move('started', 'stopSource', 'run');
  const startedAt = last((body) => 'step' in body && STARTS.includes(body.step));
  const start = entries[startedAt]?.body;
  if (start?.kind === 'done' && start.move === 'run') return 'target';
  const byHand = last(
    (body) => body.kind === 'failed' && body.problem.code === 'source-was-started',
  );
  if (byHand > Math.max(stopped, startedAt)) return 'source';
  if (start && !(start.kind === 'failed' && start.outcome === 'never ran')) return 'unknown';
  if (stopped < 0 || move('done', 'stopSource', 'undo') > stopped) return 'source';
  return move('done', 'stopSource', 'run') > stopped ? 'nowhere' : 'unknown';
}
