/** One request in a lab, from what a person types to where it ends, seen from outside. */

import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { look, type Seen } from '../bot/requests.ts';
import { Problem } from '../domain/problem.ts';
import { type Desk, openDesk } from '../worker/desk.ts';
import { APPROVER, HOSTS, type Lab, OPERATOR } from './machine.ts';
import type { LabMessage } from './slack/message.ts';

const LOOK_SECONDS = 0.1;
const ENROL_SECONDS_MAX = 30;
const SEEN_SECONDS_MAX = 60;
const NOT_IN_TIME = 'it did not end in time';

/** The lab reads journals as the bot does; it writes nothing. */
export const openLabDesk = (lab: Lab): Promise<Desk> =>
  openDesk({
    STORE_URL: lab.storeUrl,
    FERRY_STATE: join(lab.directory, 'state', 'bot'),
    FERRY_HOST: 'bot',
    FERRY_BOT: lab.botFingerprint,
  });

/** An operator types the code that each worker printed, as in a real installation. */
export async function enrolHosts(lab: Lab): Promise<void> {
  for (const host of HOSTS) {
    const code = String(lab.workers[host].ready.code);
    const before = (await lab.slack.ephemerals(OPERATOR)).length;
    await lab.slack.say(OPERATOR, `/migrate enroll ${host} ${code}`);
    await lab.slack.waitFor(
      ({ ephemerals }) =>
        ephemerals.filter(({ to }) => to === OPERATOR).length > before || undefined,
      { what: `the answer to the enrolment of ${host}`, timeoutMs: ENROL_SECONDS_MAX * 1000 },
    );
  }
}

export interface Asked {
  readonly say: string;
  readonly approve: boolean;
  readonly secondsMax: number;
  /** Ends the waiting: a person wants to leave. */
  readonly signal?: AbortSignal;
  /** Called at each look, for faults. */
  readonly onLook?: (operation: string, seen: Seen) => Promise<void>;
  /** When it is over; by default when the operation is closed. */
  readonly isOver?: (seen: Seen) => boolean | Promise<boolean>;
}

export interface Ended {
  /** Absent when nothing was opened: the channel says why. */
  readonly operation?: string;
  readonly seen?: Seen;
  /** Why it was left before it was over. */
  readonly left?: string;
}

/** Types, approves once where it may, and waits for the end. */
export async function ask(lab: Lab, asked: Asked): Promise<Ended> {
  await using desk = await openLabDesk(lab);
  const before = new Set(await desk.store.list(1));
  // Counted before it is typed: a refusal may come sooner than the next look.
  const answers = (await lab.slack.ephemerals(OPERATOR)).length;
  await lab.slack.say(OPERATOR, asked.say);
  const until = Date.now() + asked.secondsMax * 1000;
  const operation = await opened(lab, desk, {
    before,
    answers,
    until,
    isLeft: () => asked.signal?.aborted === true,
  });
  if (!operation) return { left: 'nothing was opened' };
  const isOver = asked.isOver ?? (({ state }: Seen) => state.closed !== undefined);
  let approved = false;
  while (!asked.signal?.aborted) {
    const seen = await lookPatiently(desk, operation);
    if (Date.now() > until) return { operation, ...(seen ? { seen } : {}), left: NOT_IN_TIME };
    if (seen) {
      await asked.onLook?.(operation, seen);
      if (await isOver(seen)) return { operation, seen };
      if (seen.next.kind === 'await approval' && !approved) {
        if (!asked.approve) return { operation, seen, left: 'it waits for an approval' };
        approved = await clickApprove(lab);
      }
    }
    await pause(LOOK_SECONDS * 1000);
  }
  return { operation, left: 'it was left before its end' };
}

/** @throws when it does not come to that */
export async function untilSeen(
  lab: Lab,
  operation: string,
  is: (seen: Seen) => boolean,
): Promise<void> {
  await using desk = await openLabDesk(lab);
  const until = Date.now() + SEEN_SECONDS_MAX * 1000;
  while (Date.now() < until) {
    const seen = await lookPatiently(desk, operation);
    if (seen && is(seen)) return;
    await pause(LOOK_SECONDS * 1000);
  }
  throw new Error(`${operation} did not get so far`);
}

/** Waits for words in a message of the channel. */
export async function untilTold(lab: Lab, what: string, words: RegExp): Promise<void> {
  const timeoutMs = SEEN_SECONDS_MAX * 1000;
  const isTold = ({ messages }: { messages: readonly LabMessage[] }): boolean =>
    messages.some(({ text }) => words.test(text));
  await lab.slack.waitFor(isTold, { what, timeoutMs });
}

/** The store may be down for a fault's sake, or behind what the bot saw. */
async function lookPatiently(desk: Desk, operation: string): Promise<Seen | undefined> {
  try {
    return await look(desk, operation);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return undefined;
  }
}

interface Opening {
  readonly before: ReadonlySet<string>;
  /** What the operator had been answered before this was typed. */
  readonly answers: number;
  readonly until: number;
  readonly isLeft: () => boolean;
}

async function opened(
  lab: Lab,
  desk: Desk,
  { before, answers, until, isLeft }: Opening,
): Promise<string | undefined> {
  while (Date.now() < until && !isLeft()) {
    const [newest] = await desk.store.list(1);
    if (newest && !before.has(newest)) return newest;
    const refused = (await lab.slack.ephemerals(OPERATOR)).length > answers;
    if (refused && !(await desk.store.list(1)).some((id) => !before.has(id))) return undefined;
    await pause(LOOK_SECONDS * 1000);
  }
  return undefined;
}

/** True once a button was there to click. */
async function clickApprove(lab: Lab): Promise<boolean> {
  const message = (await lab.slack.messages()).findLast(hasApprove);
  if (!message) return false;
  const { outcome } = await lab.slack.click(APPROVER, message.ts, 'ferry.approve');
  return outcome === 'acknowledged';
}

const hasApprove = (message: LabMessage): boolean =>
  JSON.stringify(message.blocks).includes('"ferry.approve"');
