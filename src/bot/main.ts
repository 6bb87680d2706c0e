/** The bot: Slack on one side, journal and queues on the other. It moves nothing itself. */

import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { dutyProcessor } from '../../jobs/duty.ts';
import { inspect } from '../../jobs/inspect.ts';
import { measure } from '../../jobs/measure.ts';
import { BOT_QUEUE, connectQueues, type Queues } from '../../jobs/queues.ts';
import { enqueueNext } from '../../jobs/step.ts';
import type { BotConfig } from '../config.ts';
import { openedOf } from '../domain/journal.ts';
import { Problem } from '../domain/problem.ts';
import { type Logger, openLog } from '../log.ts';
import { isOutage } from '../migration/advance.ts';
import { dutyOf } from '../migration/duties.ts';
import { type Bot, startBot } from '../slack/app.ts';
import type { Log, Operations } from '../slack/ports.ts';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { type Identity, loadOrCreateIdentity } from '../trust/identity.ts';
import { openMemory } from '../trust/memory.ts';
import { BOT_KEY } from '../worker/enrolled.ts';
import { signingJournal } from '../worker/journal.ts';
import { holdBotLock } from '../worker/lock.ts';
import { rememberedOpen } from '../worker/remembered.ts';
import { startAnnouncer } from './announce.ts';
import { openAudit } from './audit.ts';
import { doctoringOf, doctorOf } from './doctor.ts';
import { exportAudit } from './export-audit.ts';
import { keepHealth } from './health.ts';
import { knownHosts } from './hosts.ts';
import { logRing } from './log-ring.ts';
import { operationsOf } from './operations.ts';
import { keepHead, keptHead } from './past.ts';
import { type Replanner, replanner } from './replan.ts';
import { type Ledger, look, request } from './requests.ts';
import { rolesOf } from './roles.ts';
import { systemLog } from './system-log.ts';
import { webhookTo } from './webhook.ts';

const LOOK_SECONDS = 1;
const LOOKS_BETWEEN_SWEEPS = 60;
const DUTIES_AT_ONCE = 4;
const NOT_CONNECTED = { open: 0, wanted: 1 } as const;
/** An operation ends with two entries of the bot's; more in a row would be a fault of ours. */
const DUTIES_MAX = 5;

export interface StartedBot {
  /** What workers are installed with. */
  readonly fingerprint: string;
  stop(): Promise<void>;
}

/** @throws {Problem} what is wrong with configuration, store, key or Slack's tokens */
export async function startBotProcess(config: BotConfig): Promise<StartedBot> {
  const ring = logRing();
  const log = openLog('bot', config.LOG_LEVEL, ring);
  // Whatever fails on the way, nothing of it keeps the process alive.
  await using opened = new AsyncDisposableStack();
  opened.use(await holdBotLock(config.FERRY_STATE));
  const identity = await loadOrCreateIdentity(join(config.FERRY_STATE, 'identity'), 'bot');
  const store = opened.use(await openStore(config.STORE_URL));
  // Workers compare it with the fingerprint that they pin, and then believe what it signed.
  await store.records.put(BOT_KEY, { publicKey: identity.publicKey });
  const onError = (error: unknown) => log.warn({ err: error }, 'queue');
  const queues = opened.use(await connectQueues(config.STORE_URL, { onError }));
  const ledger = ledgerOf(config, identity, store);
  const wake = waking(ledger, queues, log);
  const chat: { bot?: Bot } = {};
  const connections = () => chat.bot?.connections() ?? NOT_CONNECTED;
  const near = { store, queues, identity };
  const doctoring = doctoringOf(config, { near, connections: async () => connections() });
  const operations = operationsOf({
    ...ledger,
    records: store.records,
    remembered: rememberedOpen(ledger.memory),
    wake,
    doctor: () => doctorOf(doctoring),
    hosts: () => knownHosts(store.records, identity),
    inspect: (host, vm) => inspect(queues, vm ? { host, vm } : { host }),
    copiesOn: async (host) => (await inspect(queues, { host, copies: true })).copies ?? [],
    measure: (link) => measure(queues, link),
    pauseSecondsMax: config.FERRY_PAUSE_SECONDS_MAX,
    approversNeeded: config.FERRY_APPROVERS_NEEDED,
    twoPersons: config.FERRY_TWO_PERSONS,
    logLines: ring.lines,
  });
  const note: Log = (event, facts) => log.info({ ...facts }, event);
  const stopping = new AbortController();
  const replanning = replanner({
    ...ledger,
    records: store.records,
    lookAgain: (host, of) => inspect(queues, { host, ...of }),
    wake,
    onFailure: (operation, error) =>
      log.warn({ operation, error: String(error) }, 'no other plan made; it is tried again'),
  });
  const parts = { wake, log, replanning };
  const duties = keepDuties(ledger, { ...parts, stopping: stopping.signal });
  const health = keepHealth(config.FERRY_STATE, {
    journal: store.journal,
    connections,
    stopping: stopping.signal,
    onError: (error) => log.warn({ error: String(error) }, 'sign of life not written'),
  });
  opened.defer(async () => {
    stopping.abort();
    await Promise.all([duties, health]);
    await replanning.ended();
  });
  const duty = dutyProcessor((operation) => fulfil(ledger, operation, parts));
  await queues.worker(
    BOT_QUEUE,
    async (job) => (job.kind === 'duty' ? await duty(job) : undefined),
    { concurrency: DUTIES_AT_ONCE },
  );
  opened.use(announcing(config, { operations, records: store.records, log }));
  const bot = await startBot({
    tokens: { bot: config.SLACK_BOT_TOKEN, app: config.SLACK_APP_TOKEN },
    ...(config.SLACK_API_URL ? { slackApiUrl: config.SLACK_API_URL } : {}),
    operations,
    records: store.records,
    roles: rolesOf(config),
    language: config.LOCALE,
    channels: config.FERRY_CHANNELS,
    approval: { needed: config.FERRY_APPROVERS_NEEDED, twoPersons: config.FERRY_TWO_PERSONS },
    audit: openAudit(config.FERRY_STATE, {
      alarm: (event, facts) => log.error(facts, event),
      keepHead: (head) => keepHead(store.records, head),
      keptHead: () => keptHead(store.records),
    }),
    auditLines: (wish) => exportAudit(ledger, config.FERRY_STATE, wish),
    channel: config.SLACK_CHANNEL,
    log: note,
  });
  chat.bot = bot;
  opened.defer(() => bot.stop());
  const running = opened.move();
  return { fingerprint: identity.fingerprint, stop: () => running.disposeAsync() };
}

/** Alerts outside Slack. Whatever is said here is worth a look. */
function announcing(
  config: BotConfig,
  parts: { operations: Operations; records: Store['records']; log: Logger },
): AsyncDisposable {
  const log: Log = (event, facts) => parts.log.error({ ...facts }, event);
  const url = config.FERRY_ALERT_WEBHOOK;
  const announcer = startAnnouncer({
    ...parts,
    log,
    systemLog: config.FERRY_SYSTEM_LOG ? systemLog() : async () => undefined,
    webhook: url === undefined ? undefined : webhookTo({ url, log }),
  });
  return { [Symbol.asyncDispose]: () => announcer.stop() };
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
  readonly replanning: Replanner;
  readonly stopping: AbortSignal;
}

/** The bot's own entries: expiry, settled homes, the end; and another plan where one is needed. */
async function keepDuties(ledger: Ledger, { stopping, ...parts }: Duties): Promise<void> {
  let cursor = 0;
  let looks = 0;
  while (!stopping.aborted) {
    try {
      const changes = await ledger.store.changes(cursor);
      const open = looks % LOOKS_BETWEEN_SWEEPS === 0 ? await ledger.store.open() : [];
      // At the first look everything has changed; what is closed needs nothing any more.
      const changed = looks === 0 ? [] : changes.operations;
      for (const operation of new Set([...changed, ...open])) {
        await fulfil(ledger, operation, parts);
      }
      cursor = changes.cursor;
      looks += 1;
    } catch (error) {
      parts.log.warn({ error: String(error) }, 'duties broken off; they come again');
    }
    await pause(LOOK_SECONDS * 1000, undefined, { signal: stopping }).catch(() => undefined);
  }
}

/** @throws {Problem} only when the store is away: one operation's trouble is not the others'. */
async function fulfil(
  ledger: Ledger,
  operation: string,
  { wake, log, replanning }: Omit<Duties, 'stopping'>,
): Promise<void> {
  try {
    for (let done = 0; done < DUTIES_MAX; done += 1) {
      const now = await ledger.journal.now();
      const looked = await look(ledger, operation);
      if (!dutyOf(looked.entries, now)) {
        replanning.consider(operation, looked);
        return;
      }
      await request(ledger, { operation, author: 'bot' }, (seen) => dutyOf(seen.entries, now));
      await wake(operation);
    }
  } catch (error) {
    if (error instanceof Problem && error.code === 'store-unreachable') throw error;
    // A journal that cannot be trusted is for its workers to report; the others go on.
    log.warn({ operation, error: String(error) }, 'duty not done');
  }
}
