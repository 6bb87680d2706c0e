/** The bot on the real Bolt against the Slack stand-in; only the operations are in memory. */

import type { Alert } from '../../src/domain/alert.ts';
import type { LabMessage } from '../../src/lab/slack/message.ts';
import { type SlackStandIn, startSlackStandIn } from '../../src/lab/slack/stand-in.ts';
import { type Bot, type BotOptions, startBot } from '../../src/slack/app.ts';
import { PACE } from '../../src/slack/pace.ts';
import { closeAfterTest } from '../close-after-test.ts';
import { ROLES } from './edge.ts';
import { type FakeOperations, fakeOperations, OPERATOR } from './fake-operations.ts';
import { memoryRecords } from './memory-records.ts';

const PATIENCE_MS = 20_000;

export interface Stage extends AsyncDisposable {
  readonly slack: SlackStandIn;
  readonly operations: FakeOperations;
  readonly logged: string[];
  readonly bot: () => Bot;
  restart(): Promise<void>;
  /** What the bot posted, once there are so many messages of it; files are not counted. */
  own(count: number): Promise<readonly LabMessage[]>;
  /** Opens so many operations, each with its message shown. */
  begin(count: number): Promise<void>;
  /** Raises an alert in each, or changes it. */
  raise(count: number, changes?: Partial<Alert>): void;
}

export async function openStage(changes: Partial<BotOptions> = {}): Promise<Stage> {
  const slack = await startSlackStandIn();
  const operations = fakeOperations();
  const logged: string[] = [];
  const options: BotOptions = {
    ...connectionTo(slack),
    operations,
    records: memoryRecords(),
    roles: ROLES,
    audit: { record: async () => undefined },
    log: (event, facts) => logged.push(`${event} ${JSON.stringify(facts)}`),
    pace: {
      ...PACE,
      firstDelayMs: 10,
      delayMsMax: 20,
      editsPerMinute: 1000,
      progressPerMinute: 900,
    },
    lookEveryMs: 20,
    ...changes,
  };
  let bot = await startBot(options);
  const own = (count: number) =>
    slack.waitFor(
      ({ messages }) => {
        const found = messages.filter((one) => one.author === 'U-FERRY' && one.files.length === 0);
        return found.length >= count ? found : undefined;
      },
      { what: `${count} messages of the bot`, timeoutMs: PATIENCE_MS },
    );
  return {
    slack,
    operations,
    logged,
    bot: () => bot,
    own,
    async restart() {
      await bot.stop();
      bot = await startBot(options);
    },
    async begin(count) {
      for (let number = 1; number <= count; number += 1) {
        const wish = { vm: `vm${number}`, target: 'hv-b', user: OPERATOR };
        await operations.propose({ ...wish, channel: 'C-MIGRATIONS' });
      }
      await own(count);
    },
    raise(count, alert = {}) {
      for (let number = 1; number <= count; number += 1) {
        operations.change(`m${number}`, { alerts: [{ ...alertOf(`m${number}`), ...alert }] });
      }
    },
    async [Symbol.asyncDispose]() {
      await bot.stop();
      await slack.stop();
    },
  };
}

/** The same, closed at the end of the test. */
export async function stageOfTest(changes?: Partial<BotOptions>): Promise<Stage> {
  const stage = await openStage(changes);
  closeAfterTest(() => stage[Symbol.asyncDispose]());
  return stage;
}

/** What a bot needs to reach it. */
export function connectionTo({ addresses }: SlackStandIn) {
  const tokens = { bot: addresses.botToken, app: addresses.appToken };
  return { tokens, slackApiUrl: addresses.apiUrl, channel: 'C-MIGRATIONS' };
}

export const alertOf = (operation: string): Alert => ({
  key: 'k',
  operation,
  cause: { code: 'memory', facts: { vm: 'dc02', host: 'hv-b' } },
  home: 'source',
  offers: ['retry'],
  raisedAt: Date.now(),
});

/** The first message of the bot with these words in it. */
export const shownBy = (slack: SlackStandIn, words: string): Promise<LabMessage> =>
  slack.waitFor(
    ({ messages }) =>
      messages.find((one) => one.author === 'U-FERRY' && JSON.stringify(one).includes(words)),
    { what: words, timeoutMs: PATIENCE_MS },
  );

/** What only this person sees, once it has these words. */
export const toldTo = (slack: SlackStandIn, user: string, words: string): Promise<LabMessage> =>
  slack.waitFor(
    ({ ephemerals }) => ephemerals.find((one) => one.to === user && one.text.includes(words)),
    { what: words, timeoutMs: PATIENCE_MS },
  );
