/** The promises of a migration, held against many random schedules of faults. */

import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { LIVE_KINDS } from './live-faults.ts';
import { type Result, simulate } from './run.ts';
import type { Fault } from './schedule.ts';
import { schedules } from './schedules.ts';

const SEED = Number(process.env.SIMULATION_SEED ?? Math.floor(Math.random() * 1e9));
const RUN_SECONDS_MAX = 0.6;

const KINDS: Readonly<Record<Fault['kind'], true>> = {
  crash: true,
  'late effect': true,
  failure: true,
  delay: true,
  reboot: true,
  'never returns': true,
  'bot crash': true,
  'link down': true,
  'store away': true,
  'store restarted': true,
  'store set back': true,
  'store gone': true,
  'person starts': true,
  'foreign checkpoint': true,
  'checkpoint lost': true,
  'start fails': true,
  'guest will not stop': true,
  reconfigured: true,
  pause: true,
  resume: true,
  limit: true,
  replan: true,
  cancel: true,
  approve: true,
  'old approval': true,
  'ask to retry': true,
  'ask to roll back': true,
  'second operation': true,
  forged: true,
  stop: true,
  ...LIVE_KINDS,
  'copy used': true,
  'copy renewed': true,
};

const count = (counts: Map<string, number>, key: string, by = 1): void => {
  counts.set(key, (counts.get(key) ?? 0) + by);
};

function table(title: string, counts: ReadonlyMap<string, number>): string {
  const rows = [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [title, ...rows.map(([key, times]) => `${String(times).padStart(8)}  ${key}`)].join('\n');
}

/** A failing run prints its seed and shrinks. Few runs need not meet every kind of fault. */
export function itKeepsItsPromises(runs: number, { meetsAll }: { meetsAll: boolean }): void {
  it(
    'keeps its promises whatever goes wrong',
    async () => {
      const met = new Map<string, number>();
      const outcomes = new Map<string, number>();
      const lists = new Map<string, number>();
      const promise = fc.asyncProperty(schedules, async (schedule) => {
        const result: Result = await simulate(schedule);
        const list = schedule.vmIsOff ? `${schedule.list}, off` : schedule.list;
        count(lists, list);
        for (const [kind, times] of result.met) count(met, kind, times);
        count(outcomes, `${list} ${result.outcome}`);
        if (result.violations.length > 0) throw new Error(result.trace.slice(-60).join('\n'));
      });
      await fc.assert(promise, { seed: SEED, numRuns: runs });
      const shares = [...lists].map(([list, times]) => `${times} of ${list}`).join(', ');
      const title = `${runs} simulated migrations from seed ${SEED} (${shares})`;
      console.info(`${table(`${title} met these faults:`, met)}\n${table('and ended:', outcomes)}`);
      const missed = Object.keys(KINDS).filter((kind) => !met.has(kind));
      if (meetsAll) expect(missed).toEqual([]);
    },
    runs * RUN_SECONDS_MAX * 1000,
  );
}
