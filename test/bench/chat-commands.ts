/** A hundred commands at once: how soon each is acknowledged, and how soon its answer is seen. */

import { APP, CHANNEL } from '../../src/lab/slack/workspace.ts';
import { inParts, MIGRATIONS, OLGA, SPARES, type Stage, until } from './chat-stage.ts';

const COMMANDS = 100;
const ANSWER_SECONDS_MAX = 120;
const OFFICE = 'C-OFFICE';
/** Somebody else, so that late answers are not taken for those of the next round. */
const CANCELS = 'U-ITALIAN';

/** Each kind is typed by one person in one channel, which tells afterwards what was answered. */
const KINDS = {
  status: { user: OLGA, channel: CHANNEL.id },
  hosts: { user: OLGA, channel: OFFICE },
  plan: { user: 'U-APPROVER', channel: CHANNEL.id },
  migrate: { user: 'U-APPROVER', channel: OFFICE },
  help: { user: 'U-STRANGER', channel: CHANNEL.id },
  history: { user: 'U-STRANGER', channel: OFFICE },
} as const;
type Kind = keyof typeof KINDS;
const NAMES = Object.keys(KINDS) as Kind[];

interface Command {
  readonly kind: Kind;
  /** Of its kind. */
  readonly number: number;
}

export interface Commanded {
  readonly ackMs: readonly number[];
  /** By kind of command. */
  readonly visibleMs: ReadonlyMap<string, readonly number[]>;
  readonly unacknowledged: number;
}

/** Several rounds, each in another order. What was asked for is cancelled after each. */
export async function commandRounds(stage: Stage, rounds: number): Promise<Commanded> {
  const ackMs: number[] = [];
  const visibleMs = new Map<string, number[]>();
  let unacknowledged = 0;
  for (let round = 0; round < rounds; round += 1) {
    const commands = shuffledCommands();
    const startedAt = Date.now();
    const acks = await Promise.all(commands.map((command) => acknowledged(stage, command)));
    ackMs.push(...acks.map(({ ms }) => ms));
    unacknowledged += acks.filter(({ outcome }) => outcome !== 'acknowledged').length;
    for (const kind of NAMES) {
      const count = commands.filter((command) => command.kind === kind).length;
      const seen = await answersSeen(stage, kind, { count, startedAt });
      visibleMs.set(kind, [...(visibleMs.get(kind) ?? []), ...seen]);
    }
    await tidyUp(stage, commands.filter(({ kind }) => kind === 'migrate').length);
  }
  return { ackMs, visibleMs, unacknowledged };
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
): Promise<number[]> {
  const { user, channel: place } = KINDS[kind];
  return await slack.waitFor(
    ({ ephemerals }) => {
      const times = ephemerals
        .filter(
          ({ to, channel, author }) => to === user && channel === place && author === APP.userId,
        )
        .map(({ ts }) => Number(ts) * 1000)
        .filter((atMs) => atMs >= startedAt);
      return times.length >= count && times.map((atMs) => atMs - startedAt);
    },
    { what: `${count} answers to ${kind}`, timeoutMs: ANSWER_SECONDS_MAX * 1000 },
  );
}

async function tidyUp({ slack, journal, settled }: Stage, migrations: number): Promise<void> {
  await inParts(migrations, async (number) => {
    await slack.say(CANCELS, `/migrate cancel spare${number}`);
  });
  const isTidy = async () => (await journal.open()).length === MIGRATIONS;
  await until(isTidy, 'the end of the cancelled migrations');
  await settled();
}
