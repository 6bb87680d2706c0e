/** The bot: Slack on one side, journal and queues on the other. It moves nothing itself. */

import { workOnDuties } from '../../jobs/duty.ts';
import { inspect, inspectTowards } from '../../jobs/inspect.ts';
import { measure } from '../../jobs/measure.ts';
import type { BotConfig } from '../config.ts';
import type { ProblemRecord } from '../domain/problem.ts';
import { openLog } from '../log.ts';
import { type Bot, type BotOptions, startBot } from '../slack/app.ts';
import type { Log, Operations } from '../slack/ports.ts';
import { wordsIn } from '../texts/words.ts';
import { rememberedOpen } from '../worker/remembered.ts';
import { type Announcer, startAnnouncer } from './announce.ts';
import { openAudit } from './audit.ts';
import { type Base, openBase } from './base.ts';
import { doctoringOf, doctorOf } from './doctor.ts';
import { fulfil, keepDuties } from './duties.ts';
import { exportAudit } from './export-audit.ts';
import { spokenFor } from './fleet/align.ts';
import { keepAlignments } from './fleet/alignments.ts';
import { standingOf } from './fleet/drain-carrier.ts';
import { keepDrains } from './fleet/drain-keeper.ts';
import { toldOf } from './fleet/maintenance.ts';
import { keepHealth } from './health.ts';
import { knownHosts } from './hosts.ts';
import { logRing } from './log-ring.ts';
import { type OperationsOptions, operationsOf } from './operations.ts';
import { keepHead, keptHead } from './past.ts';
import { type Replanner, replanner } from './replan.ts';
import { rolesOf } from './roles.ts';
import { shared } from './shared.ts';
import { systemLog } from './system-log.ts';
import { type Wake, wakingOf } from './wake.ts';
import { webhookTo } from './webhook.ts';

const NOT_CONNECTED = { open: 0, wanted: 1 } as const;

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
  const base = opened.use(await openBase(config, log));
  const { ledger, queues } = base;
  let connections: Bot['connections'] = () => NOT_CONNECTED;

  const wake = wakingOf(base);
  const doctoring = doctoringOf(config, { near: base, connections: async () => connections() });
  const answers = answersFrom(base);
  const operations = operationsOf({
    ...answers,
    wake,
    doctor: () => doctorOf(doctoring),
    logLines: ring.lines,
  });

  const replanning = replanningOn(base, wake);
  opened.defer(() => replanning.ended());
  const duties = { ledger, replanning, wake, log };
  opened.use(untilClosed((stopping) => keepDuties(duties, stopping)));
  opened.use(
    untilClosed((stopping) =>
      keepHealth(config.FERRY_STATE, {
        journal: ledger.store,
        connections: () => connections(),
        stopping,
        onError: (error) => log.warn({ error: String(error) }, 'sign of life not written'),
      }),
    ),
  );
  opened.use(untilClosed((stopping) => keepAlignments({ ...answers, wake, log }, stopping)));
  opened.use(untilClosed((stopping) => keepDrains({ ...answers, wake, log }, stopping)));
  await workOnDuties(queues, (operation) => fulfil(duties, operation));

  const announcer = announcing(base, operations);
  opened.defer(() => announcer.stop());
  const bot = await startBot(chatOf(base, operations));
  opened.defer(() => bot.stop());
  connections = () => bot.connections();

  const running = opened.move();
  return { fingerprint: base.identity.fingerprint, stop: () => running.disposeAsync() };
}

/** Begins at once; closing asks it to stop, and waits for its end. */
function untilClosed(run: (stopping: AbortSignal) => Promise<void>): AsyncDisposable {
  const stopping = new AbortController();
  const running = run(stopping.signal);
  return {
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await running;
    },
  };
}

/** Where answers come from: journals and records, the workers' own looks, and what is configured. */
function answersFrom({
  config,
  ledger,
  store: { records },
  queues,
  log,
}: Base): Omit<OperationsOptions, 'wake' | 'doctor' | 'logLines'> {
  const { identity } = ledger;
  const onForged = (problem: ProblemRecord) => log.error({ problem }, 'record not obeyed');
  return {
    ...ledger,
    standing: () => standingOf(config.STORE_URL),
    toldOf: toldOf({ records, identity, onForged }),
    records,
    remembered: shared(rememberedOpen(ledger.memory)),
    hosts: () => knownHosts(records, ledger.identity),
    inspect: (host, vm) => inspect(queues, vm ? { host, vm } : { host }),
    inspectTowards: (host, towards) => inspectTowards(queues, host, towards),
    copiesOn: async (host) => (await inspect(queues, { host, copies: true })).copies ?? [],
    measure: (link) => measure(queues, link),
    spoken: spokenFor(),
    onForged,
    pauseSecondsMax: config.FERRY_PAUSE_SECONDS_MAX,
    approversNeeded: config.FERRY_APPROVERS_NEEDED,
    twoPersons: config.FERRY_TWO_PERSONS,
    language: config.LOCALE,
  };
}

function replanningOn({ ledger, store, queues, log }: Base, wake: Wake): Replanner {
  return replanner({
    ...ledger,
    records: store.records,
    lookAgain: (host, of) => inspect(queues, { host, ...of }),
    inspectTowards: (host, towards) => inspectTowards(queues, host, towards),
    wake,
    onFailure: (operation, error) =>
      log.warn({ operation, error: String(error) }, 'no other plan made; it is tried again'),
  });
}

/** Alerts outside Slack. Whatever is said here is worth a look. */
function announcing({ config, store, log }: Base, operations: Operations): Announcer {
  const say: Log = (event, facts) => log.error({ ...facts }, event);
  const url = config.FERRY_ALERT_WEBHOOK;
  return startAnnouncer({
    operations,
    records: store.records,
    log: say,
    words: wordsIn(config.LOCALE),
    systemLog: config.FERRY_SYSTEM_LOG ? systemLog() : async () => undefined,
    webhook: url === undefined ? undefined : webhookTo({ url, log: say }),
  });
}

/** Slack's side: who may do what where, and the audit of it. */
function chatOf({ config, ledger, store, log }: Base, operations: Operations): BotOptions {
  const { records } = store;
  return {
    tokens: { bot: config.SLACK_BOT_TOKEN, app: config.SLACK_APP_TOKEN },
    ...(config.SLACK_API_URL ? { slackApiUrl: config.SLACK_API_URL } : {}),
    operations,
    records,
    roles: rolesOf(config),
    language: config.LOCALE,
    channels: config.FERRY_CHANNELS,
    approval: { needed: config.FERRY_APPROVERS_NEEDED, twoPersons: config.FERRY_TWO_PERSONS },
    audit: openAudit(config.FERRY_STATE, {
      alarm: (event, facts) => log.error(facts, event),
      keepHead: (head) => keepHead(records, head),
      keptHead: () => keptHead(records),
    }),
    auditLines: (wish) => exportAudit(ledger, config.FERRY_STATE, wish),
    channel: config.SLACK_CHANNEL,
    log: (event, facts) => log.info({ ...facts }, event),
  };
}
