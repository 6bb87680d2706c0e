/** Everything of a lab on one machine: store, Slack stand-in, witness, bot, workers and guests. */

import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { createLab } from '../hosts/lab/create.ts';
import { bootHost, stopAllGuests } from '../hosts/lab/power.ts';
import { freePort } from './free-port.ts';
import { type Running, run } from './processes.ts';
import { type Relay, startRelay } from './relay.ts';
import type { SlackControl } from './slack/control.ts';
import { type ControlAddress, controlClient } from './slack/control-client.ts';
import { CHANNEL } from './slack/workspace.ts';

export const HOSTS = ['hv-a', 'hv-b'] as const;
export type HostName = (typeof HOSTS)[number];
export const OPERATOR = 'U-OPERATOR';
export const APPROVER = 'U-APPROVER';
export const SECOND_APPROVER = 'U-ITALIAN';

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const slackSchema = z.object({
  apiUrl: z.string(),
  controlUrl: z.string(),
  controlToken: z.string(),
  botToken: z.string(),
  appToken: z.string(),
});
const portsSchema = z.record(z.string(), z.number());

export interface LabOptions {
  readonly directory: string;
  /** A store of the user's own; the embedded one when absent. */
  readonly storeUrl?: string;
  /** More environment for a host's worker, asked at each start of it. */
  readonly workerEnv?: (host: HostName) => Readonly<Record<string, string>>;
}

export interface Lab {
  readonly directory: string;
  readonly storeUrl: string;
  readonly slack: SlackControl;
  readonly slackAddress: ControlAddress;
  readonly bot: Running;
  readonly botFingerprint: string;
  readonly workers: Readonly<Record<HostName, Running>>;
  /** The network between the hosts, by the host that is dialled. */
  readonly relays: Readonly<Record<HostName, Relay>>;
  /** Absent with a store of the user's own. */
  readonly store?: Running;
  /** The environment that a host's worker and the commands on that host have. */
  readonly env: (host: HostName | 'bot') => Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

/** Starts a lab, or goes on with the one that is in the directory. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const directory = resolve(options.directory);
  await mkdir(directory, { recursive: true });
  // Half of a program's start is compiling; guests and workers inherit this.
  process.env.NODE_COMPILE_CACHE ??= source('../../node_modules/.cache/ferry');
  const ends: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ends.splice(0).toReversed()) await end();
  };
  try {
    return await startAll(options, { directory, ends, stop });
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Building {
  readonly directory: string;
  readonly ends: (() => Promise<void>)[];
  readonly stop: () => Promise<void>;
}

async function startAll(options: LabOptions, { directory, ends, stop }: Building): Promise<Lab> {
  const started = async (
    name: string,
    args: string[],
    env = (): Record<string, string> => ({}),
  ) => {
    const program = await run({ name, args, env, logFile: join(directory, 'logs', `${name}.log`) });
    ends.push(() => program.stop());
    return program;
  };
  const witnessed = async () => {
    await createLab(directory);
    await started('witness', [source('witness-main.ts'), directory]);
    ends.push(() => stopAllGuests(directory));
  };
  const [store, slackProcess] = await allOf([
    options.storeUrl
      ? undefined
      : started('store', [
          source('../store/embedded/main.ts'),
          ...['--dir', join(directory, 'store')],
          ...['--templates', source('../../node_modules/.cache/ferry-store')],
        ]),
    started('slack', [source('slack/main.ts'), '--dir', join(directory, 'slack')]),
    witnessed(),
  ]);
  const storeUrl = options.storeUrl ?? z.string().parse(store?.ready.url);
  const addresses = slackSchema.parse(slackProcess.ready);
  const slack = controlClient(addresses);
  const ports = await fixedPorts(directory);
  const botEnv = {
    STORE_URL: storeUrl,
    FERRY_STATE: join(directory, 'state', 'bot'),
    SLACK_BOT_TOKEN: addresses.botToken,
    SLACK_APP_TOKEN: addresses.appToken,
    SLACK_API_URL: addresses.apiUrl,
    SLACK_CHANNEL: CHANNEL.id,
    // The lab's alerts are no news for the machine that it runs on.
    FERRY_SYSTEM_LOG: 'no',
    FERRY_OPERATORS: [OPERATOR, SECOND_APPROVER].join(),
    // A restore takes two.
    FERRY_APPROVERS: [APPROVER, SECOND_APPROVER].join(),
    FERRY_ADMINISTRATORS: [APPROVER, SECOND_APPROVER].join(),
  };
  const [bot] = await allOf([
    started('bot', [source('../cli.js'), 'bot'], () => botEnv),
    ...HOSTS.map((host) => bootHost(directory, host)),
  ]);
  const botFingerprint = z.string().parse(bot.ready.fingerprint);
  const workerEnv = (host: HostName): Record<string, string> => ({
    STORE_URL: storeUrl,
    FERRY_STATE: join(directory, 'state', host),
    FERRY_HOST: host,
    FERRY_BOT: botFingerprint,
    FERRY_LAB: directory,
    FERRY_LISTEN: `127.0.0.1:${ports[host]}`,
    FERRY_ADVERTISE: `127.0.0.1:${ports[`${host} relay`]}`,
    FERRY_STOP_SECONDS: '10',
    FERRY_CONFIRM_SECONDS: '20',
    FERRY_PATIENCE_SECONDS: '20',
    ...options.workerEnv?.(host),
  });
  const startHost = async (host: HostName) => {
    const relay = await startRelay({
      port: ports[`${host} relay`] ?? 0,
      toPort: ports[host] ?? 0,
    });
    ends.push(() => relay.close());
    const env = () => workerEnv(host);
    return { relay, worker: await started(host, [source('../cli.js'), 'worker'], env) };
  };
  const [a, b] = await allOf([startHost('hv-a'), startHost('hv-b')]);
  const env = (who: HostName | 'bot') =>
    who === 'bot' ? { ...botEnv, FERRY_HOST: 'bot', FERRY_BOT: botFingerprint } : workerEnv(who);
  await writeEnvFiles(directory, env);
  return {
    directory,
    storeUrl,
    slack,
    slackAddress: addresses,
    bot,
    botFingerprint,
    workers: { 'hv-a': a.worker, 'hv-b': b.worker },
    relays: { 'hv-a': a.relay, 'hv-b': b.relay },
    ...(store ? { store } : {}),
    env,
    stop,
  };
}

/** Also when one fails all are waited for: only what has started can be ended. */
async function allOf<T extends readonly unknown[]>(begun: readonly [...T]) {
  await Promise.allSettled(begun);
  return await Promise.all(begun);
}

/** For people who try the command line: `ferry --env DIR/hv-a.env migration list`. */
async function writeEnvFiles(directory: string, env: Lab['env']): Promise<void> {
  for (const who of ['bot', ...HOSTS] as const) {
    const lines = Object.entries(env(who)).map(([key, value]) => `${key}=${value}\n`);
    await writeFile(join(directory, `${who}.env`), lines.join(''), { mode: 0o600 });
  }
}

/** Workers keep their addresses over restarts, so a lab keeps its ports. */
async function fixedPorts(directory: string): Promise<Record<string, number>> {
  const file = join(directory, 'ports.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) return portsSchema.parse(JSON.parse(text));
  const names = HOSTS.flatMap((host) => [host, `${host} relay`]);
  const ports = Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await freePort()] as const)),
  );
  await writeFile(file, JSON.stringify(ports));
  return ports;
}
