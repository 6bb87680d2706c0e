/** Slack's Web API calls of one migration: at full speed, and slowed down to about a minute. */

import { setTimeout as pause } from 'node:timers/promises';
import type { Lab } from '../../src/lab/machine.ts';
import { ask } from '../../src/lab/session.ts';
import type { Part } from './bench.ts';
import { inLab } from './lab.ts';
import { printTable } from './table.ts';

const VM = 'dc02';
/** For dc02's disk this makes a copy of about a minute. */
const SLOW_BYTES_PER_SECOND = 1_500_000;
const SECONDS_MAX = 240;
/** Each state is an edit at most, and progress is edited more and more seldom: see src/slack/pace.ts. */
const CALLS_MAX = 60;
/** The last edits come after the end. */
const SETTLE_SECONDS = 3;

interface Counted {
  readonly name: string;
  readonly seconds: number;
  readonly byMethod: Readonly<Record<string, number>>;
  readonly total: number;
}

export const benchCalls: Part = async ({ directory }) => {
  const slow = { FERRY_LAB_LIMIT: String(SLOW_BYTES_PER_SECOND) };
  const counted = [
    await inLab({ directory }, (lab) => countCalls(lab, 'full speed')),
    await inLab({ directory, workerEnv: () => slow }, (lab) => countCalls(lab, 'slowed down')),
  ];
  const methods = [...new Set(counted.flatMap(({ byMethod }) => Object.keys(byMethod)))].toSorted();
  const rows = counted.map(({ name, seconds, byMethod, total }) => {
    const calls = methods.map((method) => byMethod[method] ?? 0);
    return [name, seconds.toFixed(1), ...calls, total];
  });
  printTable('calls: of Slack, for one migration', ['', 'seconds', ...methods, 'all'], rows);
  return counted
    .filter(({ total }) => total > CALLS_MAX)
    .map(({ name, total }) => `a migration (${name}) made ${total} calls, over ${CALLS_MAX}`);
};

async function countCalls(lab: Lab, name: string): Promise<Counted> {
  const before = (await lab.slack.calls()).byMethod;
  const startedAt = performance.now();
  const ended = await ask(lab, {
    say: `/migrate ${VM} to hv-b`,
    approve: true,
    secondsMax: SECONDS_MAX,
  });
  const seconds = (performance.now() - startedAt) / 1000;
  if (ended.seen?.state.closed !== 'migrated') {
    throw new Error(`The migration (${name}) did not end as migrated: ${ended.left ?? 'undone'}`);
  }
  await pause(SETTLE_SECONDS * 1000);
  const after = (await lab.slack.calls()).byMethod;
  const byMethod = Object.fromEntries(
    Object.entries(after)
      .map(([method, count]) => [method, count - (before[method] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
  const total = Object.values(byMethod).reduce((sum, count) => sum + count, 0);
  return { name, seconds, byMethod, total };
}
