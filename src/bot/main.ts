/** The bot: Slack on one side, journal and queues on the other. It moves nothing itself. */

import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dutyProcessor } from '../../jobs/duty.ts';
import { inspect } from '../../jobs/inspect.ts';
import { BOT_QUEUE, connectQueues, type Queues } from '../../jobs/queues.ts';
import { enqueueNext } from '../../jobs/step.ts';
import type { BotConfig } from '../config.ts';
import { openedOf } from '../domain/journal.ts';
import { Problem } from '../domain/problem.ts';
import { type Logger, openLog } from '../log.ts';
import { isOutage } from '../migration/advance.ts';
import { dutyOf } from '../migration/duties.ts';
import { startBot } from '../slack/app.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { type Identity, loadOrCreateIdentity } from '../trust/identity.ts';
import { openMemory } from '../trust/memory.ts';
import { signingJournal } from '../worker/journal.ts';
import { holdBotLock } from '../worker/lock.ts';
import { rememberedOpen } from '../worker/remembered.ts';
import { knownHosts } from './hosts.ts';
import { operationsOf } from './operations.ts';
import { type Ledger, look, request } from './requests.ts';

const LOOK_SECONDS = 1;
const LOOKS_BETWEEN_SWEEPS = 60;
const DUTIES_AT_ONCE = 4;
/** An operation ends with two entries of the bot's; more in a row would be a fault of ours. */
const DUTIES_MAX = 5;

export interface StartedBot {
  /** What workers are installed with. */
  readonly fingerprint: string;
  stop(): Promise<void>;
}

/** @throws {Problem} what is wrong with configuration, store, key or Slack's tokens */
export async function startBotProcess(config: BotConfig): Promise<StartedBot> {
  const log = openLog('bot', config.LOG_LEVEL);
  // Whatever fails on the way, nothing of it keeps the process alive.
  await using opened = new AsyncDisposableStack();
  opened.use(await holdBotLock(config.FERRY_STATE));
  const identity = await loadOrCreateIdentity(join(config.FERRY_STATE, 'identity'), 'bot');
  const store = opened.use(await openStore(config.STORE_URL));
  const onError = (error: unknown) => log.warn({ err: error }, 'queue');
  const queues = opened.use(await connectQueues(config.STORE_URL, { onError }));
  const ledger = ledgerOf(config, identity, store);
  const wake = waking(ledger, queues, log);
  const operations = operationsOf({
    ...ledger,
    records: store.records,
    remembered: rememberedOpen(ledger.memory),
    wake,
    hosts: () => knownHosts(store.records, identity),
    inspect: (host, vm) => inspect(queues, vm ? { host, vm } : { host }),
    pauseSecondsMax: config.FERRY_PAUSE_SECONDS_MAX,
    approversNeeded: config.FERRY_APPROVERS_NEEDED,
  });
  const stopping = new AbortController();
  const duties = keepDuties(ledger, { wake, log, stopping: stopping.signal });
  opened.defer(async () => {
    stopping.abort();
    await duties;
  });
  const duty = dutyProcessor((operation) => fulfil(ledger, operation, { wake, log }));
  await queues.worker(
    BOT_QUEUE,
    async (job) => (job.kind === 'duty' ? await duty(job) : undefined),
    { concurrency: DUTIES_AT_ONCE },
  );
  const bot = await startBot({
    tokens: { bot: config.SLACK_BOT_TOKEN, app: config.SLACK_APP_TOKEN },
    ...(config.SLACK_API_URL ? { slackApiUrl: config.SLACK_API_URL } : {}),
    operations,
    records: store.records,
    roles: { operators: config.FERRY_OPERATORS, approvers: config.FERRY_APPROVERS },
    channel: config.SLACK_CHANNEL,
    log: (event, facts) => log.info({ ...facts }, event),
  });
  opened.defer(() => bot.stop());
  const running = opened.move();
  return { fingerprint: identity.fingerprint, stop: () => running.disposeAsync() };
}

function ledgerOf(config: BotConfig, identity: Identity, store: Store): Ledger {
  const { journal } = store;
  const signing = {
    store: journal,
    identity,
    botFingerprint: identity.fingerprint,
    roleIn: () => 'bot' as const,
  };
  const memory = openMemory(join(config.FERRY_STATE, 'memory'));
  return { journal: signingJournal(signing), store: journal, identity, memory };
}

/** Hands an operation's next moves to the hosts' queues. Workers find them by themselves as well. */
function waking(ledger: Ledger, queues: Queues, log: Logger): Duties['wake'] {
  return async (operation) => {
    try {
      const { entries, next } = await look(ledger, operation);
      const { source, target } = openedOf(entries).plan;
      const now = await ledger.journal.now();
      const hosts = { source, target };
      await enqueueNext(next, { queues, operation, hosts, position: entries.length, now });
    } catch (error) {
      // What was asked is in the journal; whoever asked must not hear that it failed.
      if (!isOutage(error)) throw error;
      log.warn({ operation, error: String(error) }, 'workers not woken; they look by themselves');
    }
  };
}

interface Duties {
  readonly wake: (operation: string) => Promise<void>;
  readonly log: Logger;
  readonly stopping: AbortSignal;
}

/** The bot's own entries: expiry, settled homes, the end. */
async function keepDuties(ledger: Ledger, { wake, log, stopping }: Duties): Promise<void> {
  let cursor = 0;
  let looks = 0;
  while (!stopping.aborted) {
    try {
      const changes = await ledger.store.changes(cursor);
      const open = looks % LOOKS_BETWEEN_SWEEPS === 0 ? await ledger.store.open() : [];
      // At the first look everything has changed; what is closed needs nothing any more.
      const changed = looks === 0 ? [] : changes.operations;
      for (const operation of new Set([...changed, ...open])) {
        await fulfil(ledger, operation, { wake, log });
      }
      cursor = changes.cursor;
      looks += 1;
    } catch (error) {
      log.warn({ error: String(error) }, 'duties broken off; they come again');
    }
    await pause(LOOK_SECONDS * 1000, undefined, { signal: stopping }).catch(() => undefined);
  }
}

/** @throws {Problem} only when the store is away: one operation's trouble is not the others'. */
async function fulfil(
  ledger: Ledger,
  operation: string,
  { wake, log }: Pick<Duties, 'wake' | 'log'>,
): Promise<void> {
  try {
    for (let done = 0; done < DUTIES_MAX; done += 1) {
      const now = await ledger.journal.now();
      const { entries } = await look(ledger, operation);
      if (!dutyOf(entries, now)) return;
      await request(ledger, { operation, author: 'bot' }, (seen) => dutyOf(seen.entries, now));
      await wake(operation);
    }
  } catch (error) {
    if (error instanceof Problem && error.code === 'store-unreachable') throw error;
    // A journal that cannot be trusted is for its workers to report; the others go on.
    log.warn({ operation, error: String(error) }, 'duty not done');
  }
}
