/**
 * The bot under load, as Slack sees it: how soon a hundred commands at once are acknowledged and
 * answered, the calls in a minute, and how soon an alert is there while Slack refuses edits.
 */

import { PACE } from '../../src/slack/pace.ts';
import type { Part } from './bench.ts';
import { type Alerted, raiseAlerts } from './chat-alerts.ts';
import { type CountedCalls, countCalls } from './chat-calls.ts';
import { type Commanded, commandRounds } from './chat-commands.ts';
import { MIGRATIONS, openStage } from './chat-stage.ts';
import { type Server, servers } from './store-server.ts';
import { printTable, quantile, type Row } from './table.ts';

const ACK_P99_MS_MAX = 500;
const ALERT_SECONDS_MAX = 2;

/** Its bars are printed as met or not met: a busy machine misses them, and that breaks nothing. */
export const benchChat: Part = async ({ directory, ...options }) => {
  const wrong: string[] = [];
  for (const start of servers(directory)) {
    const server = await start();
    try {
      // What STORE_URL names is not ours to fill with migrations.
      if (server.kill) wrong.push(...(await benchWith(server, { directory, ...options })));
    } finally {
      await server.stop();
    }
  }
  return wrong;
};

async function benchWith(server: Server, options: Parameters<Part>[0]): Promise<string[]> {
  const { rounds, minutes, alerts } = options;
  await using stage = await openStage(server, options);
  const title = (what: string): string => `chat, ${server.name} store: ${what}`;
  const counted = await countCalls(stage, minutes);
  printCalls(title(`Slack calls a minute, counted for ${60 * minutes} s each`), counted);
  const commanded = await commandRounds(stage, rounds);
  const times = `${rounds} times 100 commands at once, ${MIGRATIONS} migrations running`;
  printCommands(title(times), commanded);
  const alerted = await raiseAlerts(stage, alerts);
  printAlerts(title('from the failure to the alert, every edit refused by 429'), alerted);
  const { unacknowledged } = commanded;
  return unacknowledged === 0 ? [] : [`${unacknowledged} commands were not acknowledged in 3 s`];
}

function printCalls(title: string, counted: readonly CountedCalls[]): void {
  const methods = [...new Set(counted.flatMap(({ perMinute }) => Object.keys(perMinute)))];
  const sorted = methods.toSorted();
  const rows = counted.map(({ migrations, perMinute, refused }) => {
    const calls = sorted.map((method) => perMinute[method] ?? 0);
    const all = calls.reduce((sum, count) => sum + count, 0);
    return [`${migrations} running`, ...[...calls, all, refused].map((count) => count.toFixed(0))];
  });
  printTable(title, ['', ...sorted, 'all', 'of them refused'], rows);
  const { editsPerMinute, progressPerMinute } = PACE;
  const most = Math.max(...counted.map(({ perMinute }) => perMinute['chat.update'] ?? 0));
  const budget = `${editsPerMinute} edits a minute, of these ${progressPerMinute} of progress`;
  printBar(`budget of the workspace: ${budget}`, most <= editsPerMinute);
}

function printCommands(title: string, { ackMs, answers }: Commanded): void {
  const rowOf = (what: string, times: readonly number[]): Row => {
    const cells = [0.5, 0.99, 1].map((share) => quantile(times, share).toFixed(0));
    return [what, times.length, ...cells];
  };
  const seen = [...answers].map(([kind, all]) => {
    const good = all.filter(({ isProblem }) => !isProblem).map(({ ms }) => ms);
    return [...rowOf(`answer to ${kind} seen`, good), all.length - good.length];
  });
  const rows = [rowOf('acknowledged', ackMs), ...seen];
  printTable(title, ['', 'commands', 'p50 ms', 'p99 ms', 'max ms', 'problem told'], rows);
  const isMet = quantile(ackMs, 0.99) < ACK_P99_MS_MAX;
  printBar(`acknowledged: p99 under ${ACK_P99_MS_MAX} ms`, isMet);
}

function printAlerts(title: string, { latencySeconds, refused }: Alerted): void {
  const cells = [0.5, 1].map((share) => quantile(latencySeconds, share).toFixed(2));
  const row = ['alerts', latencySeconds.length, ...cells, refused];
  printTable(title, ['', 'raised', 'p50 s', 'max s', 'edits refused'], [row]);
  const isMet = quantile(latencySeconds, 1) <= ALERT_SECONDS_MAX;
  printBar(`each within ${ALERT_SECONDS_MAX} s`, isMet);
}

const printBar = (what: string, isMet: boolean): void =>
  console.info(`  ${what}: ${isMet ? 'met' : 'not met'}`);
