import fc from 'fast-check';
import { simulate } from './run.ts';
import { schedules } from './schedules.ts';
const runs = Number(process.argv[2] ?? 300);
const seed = Number(process.argv[3] ?? Date.now() % 1e9);
const met = new Map<string, number>();
const outcomes = new Map<string, number>();
const r = await fc.check(
  fc.asyncProperty(schedules, async (schedule) => {
    const result = await simulate(schedule);
    for (const [k, n] of result.met) met.set(k, (met.get(k) ?? 0) + n);
    outcomes.set(result.outcome, (outcomes.get(result.outcome) ?? 0) + 1);
    if (result.violations.length) throw new Error(result.violations.join('\n'));
  }),
  { seed, numRuns: runs, endOnFailure: process.argv[4] === 'noshrink' },
);
if (r.failed) {
  console.log('seed', r.seed, 'path', r.counterexamplePath, 'run', r.numRuns);
  console.log(JSON.stringify(r.counterexample?.[0]));
  console.log(String(r.errorInstance));
  const t = await simulate(r.counterexample![0]);
  console.log(t.trace.slice(-90).join('\n'));
} else console.log('ok', runs, seed, Object.fromEntries(outcomes), Object.fromEntries(met));
