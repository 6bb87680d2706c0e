/** What a preflight check is: a question about facts, with one answer. Pure: it reads nothing itself. */

import type { Finding, Severity } from '../domain/finding.ts';
import type { HostFacts } from '../domain/host.ts';
import type { HyperVHostFacts, Read } from '../domain/hyperv.ts';
import type { Method, SwitchChoice } from '../domain/plan.ts';
import type { Facts } from '../domain/problem.ts';
import type { VmFacts } from '../domain/vm.ts';

/** Before the plan is shown, and again right before the cutover, because things change by the minute. */
export type Phase = 'plan' | 'recheck';

export interface Occasion {
  readonly method: Method;
  readonly phase: Phase;
}

export interface Subject {
  readonly vm: VmFacts;
  readonly source: HostFacts;
  readonly target: HostFacts;
  /** Names this Ferry in a VM's notes (`ferry:<installation>`); without it every mark is foreign. */
  readonly installation?: string;
  /** The target's switch, by its name, for what is on one of the source; absent: the same name. */
  readonly switches?: readonly SwitchChoice[];
  /** What this operation itself already holds at the target: it is part of what hosts report. */
  readonly own?: OwnReservation;
}

export interface OwnReservation {
  /** Of the target's `bytesReserved`, the part that is ours: bytes still to come. */
  readonly bytesReserved: number;
  /** Of the target's `memoryBytesReserved`, the part that is ours. */
  readonly memoryBytesReserved: number;
}

export interface Check {
  /** The row of the facts table, for example `B25`; our own additions have a word. */
  readonly id: string;
  /** Names it in findings; `<name>-ok` and `<name>-unknown` are codes as well. */
  readonly name: string;
  readonly methods: readonly Method[];
  readonly phases: readonly Phase[];
  /** What cannot be read never passes: people accept it with the plan, or it stops the plan. */
  readonly unknownMeans: 'acknowledge' | 'block';
  /** Whether there is anything to judge: hosts and releases lack things. Without it there always is. */
  applies?(subject: Subject, occasion: Occasion): boolean;
  run(subject: Subject, occasion: Occasion): Finding;
}

/** A check's own words for its findings; `code` is the check's name unless it has several problems. */
export interface Findings {
  ok(facts: Facts): Finding;
  warning(facts: Facts, code?: string): Finding;
  blocker(facts: Facts, code?: string): Finding;
  /** `what` names the fact that could not be read. */
  unknown(what: string): Finding;
  /** The same for an answer that Windows refused: with its own words. */
  unread(what: string): (words: string) => Finding;
}

export function findingsOf(check: string): Findings {
  const say = (severity: Severity, code: string, facts: Facts): Finding => {
    return { check, severity, code, facts };
  };
  return {
    ok: (facts) => say('ok', `${check}-ok`, facts),
    warning: (facts, code = check) => say('warning', code, facts),
    blocker: (facts, code = check) => say('blocker', code, facts),
    unknown: (what) => say('unknown', `${check}-unknown`, { what }),
    unread: (what) => (words) =>
      say('unknown', `${check}-unknown`, { what: unreadText(what, words) }),
  };
}

/** Drivers report an amount that they could not read as NaN, which JSON makes null, or below zero. */
export const isReadable = (amount: number): boolean => Number.isFinite(amount) && amount >= 0;

/** For `applies`: Windows was asked, and this release has the thing (read or not). */
export const has = (read: Read<unknown> | undefined): boolean =>
  read !== undefined && !('lacks' in read);

/**
 * What a rule says of one answer: unknown where it could not be read, nothing where there is no such
 * thing. `unread` comes from `say.unread('the security of vm1')`.
 */
export function judge<T>(
  read: Read<T> | undefined,
  unread: (words: string) => Finding,
  rule: (value: T) => Finding | undefined,
): Finding | undefined {
  if (read === undefined || 'lacks' in read) return undefined;
  return 'unread' in read ? unread(read.unread) : rule(read.value);
}

export interface Answers<T> {
  /** Of the source first; a host that lacks the thing or is no Hyper-V host is left out. */
  readonly known: readonly { readonly host: HostFacts; readonly value: T }[];
  /** For `say.unknown`: what could not be read, where, and Windows' words. */
  readonly unread: string | undefined;
}

/** One question to both hosts. A known fault counts before what could not be read. */
export function askBoth<T>(
  { source, target }: Subject,
  what: string,
  question: (hyperv: HyperVHostFacts) => Read<T>,
): Answers<T> {
  const reads = [source, target].flatMap((host) =>
    host.hyperv ? [{ host, read: question(host.hyperv) }] : [],
  );
  const known = reads.flatMap(({ host, read }) =>
    'value' in read ? [{ host, value: read.value }] : [],
  );
  const unread = reads.flatMap(({ host, read }) =>
    'unread' in read ? [unreadText(`${what} of ${host.name}`, read.unread)] : [],
  );
  return { known, unread: unread.length > 0 ? unread.join('; ') : undefined };
}

/** For `applies`: at least one of both hosts has the thing. */
export const anyHas = (
  { source, target }: Subject,
  question: (hyperv: HyperVHostFacts) => Read<unknown>,
): boolean => [source, target].some(({ hyperv }) => hyperv !== undefined && has(question(hyperv)));

export interface Refusals {
  readonly no: readonly string[];
  /** For `say.unknown`. */
  readonly unread: string | undefined;
}

/** Of questions to be answered by yes: the names of those with a no, and what could not be read. */
export function refusals(
  asked: readonly {
    readonly name: string;
    readonly what: string;
    readonly read: Read<boolean>;
  }[],
): Refusals {
  const no = asked.filter(({ read }) => 'value' in read && !read.value).map(({ name }) => name);
  const unread = asked.flatMap(({ what, read }) =>
    'unread' in read ? [unreadText(what, read.unread)] : [],
  );
  return { no, unread: unread[0] };
}

const unreadText = (what: string, words: string): string => `${what} (${words})`;
