/** The doctor as a command, beside a bot or a worker: it must also answer when that one cannot start. */

import { join } from 'node:path';
import { connectQueues } from '../../jobs/queues.ts';
import { doctoringOf, doctorOf, type Near } from '../bot/doctor.ts';
import { readHealth } from '../bot/health.ts';
import type { BotConfig, WorkerConfig } from '../config.ts';
import type { Finding } from '../domain/finding.ts';
import { Problem } from '../domain/problem.ts';
import { openHost } from '../hosts/open.ts';
import { openStore } from '../store/open.ts';
import { loadOrCreateIdentity } from '../trust/identity.ts';
import { hostItself } from './hosts.ts';
import type { LiveLook } from './live.ts';
import { peersOf } from './peers.ts';
import { examineHost } from './worker.ts';

/** What the bot answers to `/migrate doctor`, from a process beside it. */
export async function besideBot(config: BotConfig): Promise<readonly Finding[]> {
  await using opened = new AsyncDisposableStack();
  const near = await openedNear(config, opened);
  const connections = async () => (await readHealth(config.FERRY_STATE))?.connections;
  return await doctorOf(doctoringOf(config, { near, connections }));
}

/** `undefined` when the store or the bot's own folder is what is wrong: their findings say so. */
async function openedNear(
  config: BotConfig,
  opened: AsyncDisposableStack,
): Promise<Near | undefined> {
  try {
    const store = opened.use(await openStore(config.STORE_URL));
    const queues = opened.use(await connectQueues(config.STORE_URL));
    const identity = await loadOrCreateIdentity(join(config.FERRY_STATE, 'identity'), 'bot');
    return { store, queues, identity };
  } catch (error) {
    return unlessBug(error);
  }
}

/** What this host's worker answers when the bot asks it, and whether the bot has heard of it. */
export async function besideWorker(config: WorkerConfig): Promise<readonly Finding[]> {
  const { FERRY_HOST: host, FERRY_STATE: state, STORE_URL: storeUrl } = config;
  await using opened = new AsyncDisposableStack();
  const store = await openStore(storeUrl).catch(unlessBug);
  if (store) opened.use(store);
  const identity = await loadOrCreateIdentity(join(state, 'identity'), host).catch(unlessBug);
  const driver = await openHost(config).catch(asProblem);
  if (!(driver instanceof Problem)) opened.use(driver);
  const queues = store && (await connectQueues(storeUrl).catch(unlessBug));
  if (queues) opened.use(queues);
  const seen = store && (await hostItself(host, store));
  const records = { get: async (key: string) => await store?.records.get(key) };
  const look = { ...(store && queues ? peersOf(store, queues) : NOBODY), reach: reachBy(driver) };
  const own = { host, state, storeUrl, identity, facts: factsOf(driver), records, look };
  const { findings } = await examineHost(own, seen?.others ?? []);
  return [...(seen ? [seen.finding] : []), ...findings];
}

type Driver = Awaited<ReturnType<typeof openHost>> | Problem;

const factsOf = (driver: Driver) => async () => {
  if (driver instanceof Problem) throw driver;
  return await driver.facts();
};

const reachBy =
  (driver: Driver): LiveLook['reach'] =>
  async (towards) =>
    driver instanceof Problem ? undefined : await driver.reach?.(towards);

/** Without the store no other host can be asked, and none is known. */
const NOBODY: Pick<LiveLook, 'factsOf' | 'reachOf'> = {
  factsOf: (host) => Promise.reject(new Problem('worker-silent', { host })),
  reachOf: async () => undefined,
};

function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  throw error;
}

/** A file that cannot be read or written is a finding too. */
function unlessBug(error: unknown): undefined {
  const isFileError = error instanceof Error && 'syscall' in error && 'path' in error;
  if (!(error instanceof Problem || isFileError)) throw error;
}
