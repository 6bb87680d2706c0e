/** A hundred commands at once: how soon each is acknowledged, and how soon its answer is seen. */

import { setTimeout as pause } from 'node:timers/promises';
import type { LabMessage } from '../../src/lab/slack/message.ts';
import { APP, CHANNEL } from '../../src/lab/slack/workspace.ts';
import { chat } from '../../src/texts/en/chat.ts';
import { commands } from '../../src/texts/en/commands.ts';
import { plan } from '../../src/texts/en/plan.ts';
import { inParts, MIGRATIONS, OLGA, SPARES, type Stage, until } from './chat-stage.ts';

const COMMANDS = 100;
const ANSWER_SECONDS_MAX = 120;
const TRIES_MAX = 5;
/** For the cancelled ones to end. */
const CANCEL_MS = 5000;
const OFFICE = 'C-OFFICE';
/** Somebody else, so that late answers are not taken for those of the next round. */
const CANCELS = 'U-ITALIAN';

const PLANNED = chat.planned('\n').split('\n')[0] ?? '';

/**
 * Each kind is typed by one person in one channel, which tells afterwards what was answered; `says`
 * is in every answer that is not a problem.
 */
const KINDS = {
  status: { user: OLGA, channel: CHANNEL.id, says: `*${commands.status}*` },
  hosts: { user: OLGA, channel: OFFICE, says: `*${commands.hosts}*` },
  plan: { user: 'U-APPROVER', channel: CHANNEL.id, says: `*${plan.whatHappens}*` },
  migrate: { user: 'U-APPROVER', channel: OFFICE, says: PLANNED },
  help: { user: 'U-STRANGER', channel: CHANNEL.id, says: `*${commands.help}*` },
  history: { user: 'U-STRANGER', channel: OFFICE, says: `*${commands.history}*` },
} as const;
type Kind = keyof typeof KINDS;
const NAMES = Object.keys(KINDS) as Kind[];

interface Command {
  readonly kind: Kind;
  /** Of its kind. */
  readonly number: number;
}

interface Answer {
  /** From the command to the answer in the channel. */
  readonly ms: number;
  /** It tells of a problem instead of what was asked for. */
  readonly isProblem: boolean;
}

export interface Commanded {
  readonly ackMs: readonly number[];
  /** By kind of command. */
  readonly answers: ReadonlyMap<string, readonly Answer[]>;
  readonly unacknowledged: number;
}

/** Several rounds, each in another order. What was asked for is cancelled after each. */
export async function commandRounds(stage: Stage, rounds: number): Promise<Commanded> {
  const ackMs: number[] = [];
  const answers = new Map<string, readonly Answer[]>();
  let unacknowledged = 0;
  for (let round = 0; round < rounds; round += 1) {
    const typed = shuffledCommands();
    const startedAt = Date.now();
    const acks = await Promise.all(typed.map((command) => acknowledged(stage, command)));
    ackMs.push(...acks.map(({ ms }) => ms));
    unacknowledged += acks.filter(({ outcome }) => outcome !== 'acknowledged').length;
    for (const kind of NAMES) {
      const count = typed.filter((command) => command.kind === kind).length;
      const seen = await answersSeen(stage, kind, { count, startedAt });
      answers.set(kind, [...(answers.get(kind) ?? []), ...seen]);
    }
    await tidyUp(stage, typed.filter(({ kind }) => kind === 'migrate').length);
  }
  return { ackMs, answers, unacknowledged };
}

function shuffledCommands(): Command[] {
  const ordered = Array.from({ length: COMMANDS }, (_, index) => ({
    kind: NAMES[index % NAMES.length] ?? 'help',
    number: Math.floor(index / NAMES.length),
    random: Math.random(),
  }));
  return ordered.toSorted((a, b) => a.random - b.random);
}

/** From just before the stand-in writes the envelope until it has read the ack, and all between. */
async function acknowledged({ slack, wish }: Stage, { kind, number }: Command) {
  const { user, channel } = KINDS[kind];
  const typed = {
    status: 'status',
    hosts: 'hosts',
    // Of VMs that nobody claims, so that it is planned to the end.
    plan: `plan ${wish('spare', SPARES + number)}`,
    migrate: wish('spare', number),
    help: 'help',
    history: 'history',
  }[kind];
  const sentAt = performance.now();
  const { outcome } = await slack.say(user, `/migrate ${typed}`, { channel });
  return { ms: performance.now() - sentAt, outcome };
}

/** Which answer is whose does not matter: all of a kind are typed in the same moment. */
async function answersSeen(
  { slack }: Stage,
  kind: Kind,
  { count, startedAt }: { readonly count: number; readonly startedAt: number },
): Promise<Answer[]> {
  const { user, channel: place, says } = KINDS[kind];
  const isOfKind = ({ to, channel, author }: LabMessage): boolean =>
    to === user && channel === place && author === APP.userId;
  return await slack.waitFor(
    ({ ephemerals }) => {
      const answers = ephemerals.filter(isOfKind).map(({ ts, blocks }) => ({
        ms: Number(ts) * 1000 - startedAt,
        isProblem: !JSON.stringify(blocks).includes(says),
      }));
      const own = answers.filter(({ ms }) => ms >= 0);
      return own.length >= count && own;
    },
    { what: `${count} answers to ${kind}`, timeoutMs: ANSWER_SECONDS_MAX * 1000 },
  );
}

/** What was refused a moment ago on a busy machine is asked for again, as people do. */
async function tidyUp({ slack, journal, settled }: Stage, migrations: number): Promise<void> {
  const isTidy = async () => (await journal.open()).length === MIGRATIONS;
  for (let tries = 0; tries < TRIES_MAX && !(await isTidy()); tries += 1) {
    await inParts(migrations, async (number) => {
      await slack.say(CANCELS, `/migrate cancel spare${number}`);
    });
    await pause(CANCEL_MS);
  }
  await until(isTidy, 'the end of the cancelled migrations');
  await settled();
}
