/**
 * What the chat bench plays on: the Slack stand-in in this process, with Slack's rate limits; the
 * bot as a process, as the lab starts it; hosts that only act as if; and a store of its own.
 */

import { type ChildProcess, fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/lab/processes.ts';
import { type SlackStandIn, startSlackStandIn } from '../../src/lab/slack/stand-in.ts';
import { APP, CHANNEL } from '../../src/lab/slack/workspace.ts';
import { openStore } from '../../src/store/open.ts';
import type { JournalStore } from '../../src/store/store.ts';
import type { BenchVm, HostsAsked, HostsSettings, HostsTold } from './chat-hosts.ts';
import type { Server } from './store-server.ts';

const HOSTS_FILE = join(import.meta.dirname, 'chat-hosts.ts');
const CLI = fileURLToPath(new URL('../../src/cli.js', import.meta.url));
const SECONDS_MAX = 300;
const LOOK_MS = 100;
/** More than a bench opens. */
const OPERATIONS_MAX = 1000;
const COMMANDS_AT_ONCE = 4;
const TRIES_MAX = 5;

const HOSTS = ['hv-a', 'hv-b', 'hv-c', 'hv-d'] as const;
const [FIRST_HOST] = HOSTS;
export const MIGRATIONS = 50;
/** VMs that stay where they are: so many to be asked for, and as many to be planned. */
export const SPARES = 17;
const COPY_SECONDS = { first: 120, more: 15 } as const;

export const OLGA = 'U-OPERATOR';
const PEOPLE = ['U-OPERATOR', 'U-APPROVER', 'U-STRANGER', 'U-ITALIAN'].join(',');

export interface Stage extends AsyncDisposable {
  readonly name: string;
  readonly slack: SlackStandIn;
  readonly journal: JournalStore;
  /** `/migrate dc02 to hv-b`, of the VM with this number, without the command itself. */
  readonly wish: (kind: 'vm' | 'spare', number: number) => string;
  /** Lets so many migrations run, and resolves when they do and Slack shows them. */
  migrate(count: number): Promise<void>;
  /** Operations that copy right now, oldest first. */
  copying(): readonly string[];
  /** Lets a step fail; the store's time of the entry that says so. */
  fail(operation: string): Promise<number>;
  /** Resolves when each migration that was ever asked for has its message in the channel. */
  settled(): Promise<void>;
}

export interface StageOptions {
  readonly directory: string;
  /** For a CPU profile of the bot. */
  readonly profileDirectory?: string;
}

export async function openStage(server: Server, options: StageOptions): Promise<Stage> {
  await using opened = new AsyncDisposableStack();
  const directory = await mkdtemp(join(options.directory, 'ferry-bench-chat-'));
  opened.defer(() => rm(directory, { recursive: true, force: true }));
  const slack = opened.use(await startSlackStandIn());
  await slack.weather({ rateLimits: 'slack' });
  const bot = await startBot(server.url, slack, { ...options, directory });
  opened.defer(() => bot.stop());
  const store = opened.use(await openStore(server.url));
  const hosts = startHosts({ url: server.url, directory, hosts: HOSTS, vms: vmsOfBench() });
  opened.defer(() => hosts.stop());
  for (const [host, code] of Object.entries(await hosts.codes)) {
    await answered(slack, `/migrate enroll ${host} ${code}`);
  }
  const all = opened.move();
  let running = 0;
  const opens = async (typed: string): Promise<void> => {
    const { length } = await store.journal.open();
    // A busy machine's hosts may be silent for too long: then it is asked again.
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      await answered(slack, typed);
      if ((await store.journal.open()).length > length) return;
    }
    throw new Error(`Not opened: ${typed}`);
  };
  const settled = () => allShown(slack, store.journal);
  return {
    name: server.name,
    slack,
    journal: store.journal,
    wish,
    async migrate(count) {
      // One after the other: the channel takes no more than a message a second either.
      for (; running < count; running += 1) await opens(`/migrate ${wish('vm', running)}`);
      await until(() => hosts.copying().length === count, `${count} running migrations`);
      await settled();
    },
    copying: hosts.copying,
    fail: hosts.fail,
    settled,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}

function vmsOfBench(): BenchVm[] {
  const { first, more } = COPY_SECONDS;
  const moving = Array.from({ length: MIGRATIONS }, (_, index) => ({
    name: `vm${index}`,
    host: hostOf(index),
    copySeconds: first + index * more,
  }));
  const spare = Array.from({ length: 2 * SPARES }, (_, index) => ({
    name: `spare${index}`,
    host: hostOf(index),
  }));
  return [...moving, ...spare];
}

const hostOf = (index: number): string => HOSTS[index % HOSTS.length] ?? FIRST_HOST;
const wish: Stage['wish'] = (kind, number) => `${kind}${number} to ${hostOf(number + 1)}`;

function startBot(
  url: string,
  { addresses }: SlackStandIn,
  { directory, profileDirectory }: StageOptions,
) {
  const env = {
    STORE_URL: url,
    FERRY_STATE: join(directory, 'bot'),
    SLACK_BOT_TOKEN: addresses.botToken,
    SLACK_APP_TOKEN: addresses.appToken,
    SLACK_API_URL: addresses.apiUrl,
    SLACK_CHANNEL: CHANNEL.id,
    FERRY_SYSTEM_LOG: 'no',
    FERRY_OPERATORS: PEOPLE,
    FERRY_APPROVERS: 'U-APPROVER,U-ITALIAN',
  };
  const profiled = profileDirectory
    ? ['--cpu-prof', `--cpu-prof-dir=${join(profileDirectory, 'bot')}`]
    : [];
  const args = [...profiled, CLI, 'bot'];
  return run({ name: 'bot', args, env: () => env, logFile: join(directory, 'bot.log') });
}

function startHosts(settings: HostsSettings) {
  const child = fork(HOSTS_FILE, [JSON.stringify(settings)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
  });
  const ready = Promise.withResolvers<Readonly<Record<string, string>>>();
  const failed = new Map<string, (at: number) => void>();
  let copying: readonly string[] = [];
  child.on('message', (told: HostsTold) => {
    if ('ready' in told) ready.resolve(told.ready);
    else if ('copying' in told) ({ copying } = told);
    else failed.get(told.failed)?.(told.at);
  });
  child.once('exit', (code) => ready.reject(new Error(`The hosts ended with ${code}`)));
  return {
    codes: ready.promise,
    copying: () => {
      requireAlive(child);
      return copying;
    },
    fail: (operation: string) =>
      new Promise<number>((resolve) => {
        failed.set(operation, resolve);
        child.send({ fail: operation } satisfies HostsAsked);
      }),
    stop: () => void child.kill('SIGKILL'),
  };
}

function requireAlive({ exitCode }: ChildProcess): void {
  if (exitCode !== null) throw new Error(`The hosts ended with ${exitCode}`);
}

/** Types, and waits for an answer that only this person sees. Answers to others do not count. */
async function answered(slack: SlackStandIn, typed: string): Promise<void> {
  const before = (await slack.ephemerals(OLGA)).length;
  await slack.say(OLGA, typed);
  await slack.waitFor(
    ({ ephemerals }) => ephemerals.filter(({ to }) => to === OLGA).length > before,
    { what: `the answer to ${typed}`, timeoutMs: SECONDS_MAX * 1000 },
  );
}

/** Every operation so far has its message; Slack lets the bot post about one a second. */
async function allShown(slack: SlackStandIn, journal: JournalStore): Promise<void> {
  const isShown = async () => {
    const heads = (await slack.messages()).filter(
      ({ kind, author, threadTs }) =>
        kind === 'message' && author === APP.userId && threadTs === undefined,
    );
    return heads.length >= (await journal.list(OPERATIONS_MAX)).length;
  };
  await until(isShown, 'the messages of all migrations');
}

/** Does something for each number below `count`, a few at a time. */
export async function inParts(count: number, act: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await act(index);
  };
  await Promise.all(Array.from({ length: COMMANDS_AT_ONCE }, worker));
}

export async function until(isTrue: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + SECONDS_MAX * 1000;
  while (!(await isTrue())) {
    if (Date.now() > end) throw new Error(`This did not come in ${SECONDS_MAX} s: ${what}`);
    await pause(LOOK_MS);
  }
}
