import { describe, expect, it } from '@jest/globals';
import { STREAM_1 } from '../../src/migration/steps.ts';
import { type Result, simulate } from './run.ts';
import { CALM, type Fault, type Trigger } from './schedule.ts';

/** More calls than any step makes; what comes after the last one does not happen. */
const CALLS_MAX = 30;
const LONG = 60_000;
const names = STREAM_1.map(({ name }) => name);
const undoable = STREAM_1.filter((step) => step.undoable).map(({ name }) => name);

const at = (during: string, nth: number, fault: Fault): Trigger => ({ during, nth, fault });
const crash: Fault = { kind: 'crash', seconds: 2 };

/** The same fault at each call of a step in turn, until the step makes no more calls. */
async function atEachCall(during: string, fault: Fault, before: Trigger[] = []): Promise<Result[]> {
  const results: Result[] = [];
  for (let nth = 0; nth < CALLS_MAX; nth += 1) {
    const triggers = [...before, at(during, nth, fault)];
    const result = await simulate({ ...CALM, triggers });
    if (!result.met.has(fault.kind)) break;
    results.push(result);
  }
  return results;
}

const outcomesOf = (results: Result[]): string[] => [
  ...new Set(results.flatMap(({ outcome, violations }) => [outcome, ...violations])),
];

const movesOf = ({ entries }: Result, kind: 'started' | 'failed', move: 'run' | 'undo') =>
  entries.flatMap(({ body }) => (body.kind === kind && body.move === move ? [body.step] : []));

describe('each step', () => {
  it.each(names)(
    'may be cut at any call and run again: %s',
    async (name) => {
      const results = await atEachCall(`run ${name}`, crash);
      expect(results.length).toBeGreaterThan(3);
      expect(outcomesOf(results)).toEqual(['migrated']);
    },
    LONG,
  );

  it.each(names)(
    'may fail at any call, and either all is undone or it goes on: %s',
    async (name) => {
      const results = await atEachCall(`run ${name}`, { kind: 'failure' });
      expect(results.length).toBeGreaterThan(3);
      for (const result of results) {
        expect(result.violations).toEqual([]);
        const failed = movesOf(result, 'failed', 'run').includes(name);
        const isBehind = names.indexOf(name) >= names.indexOf('startTarget');
        expect(result.outcome).toBe(failed && !isBehind ? 'rolled back' : 'migrated');
      }
    },
    LONG,
  );

  it.each(names.slice(0, names.indexOf('startTarget')))(
    'may be cancelled, and no undo fails: %s',
    async (name) => {
      const results = await atEachCall(`run ${name}`, { kind: 'cancel' });
      expect(outcomesOf(results)).toEqual(['rolled back']);
      for (const result of results) expect(movesOf(result, 'failed', 'undo')).toEqual([]);
    },
    LONG,
  );

  it.each(names)(
    'may be paused at any call and goes on when it is resumed: %s',
    async (name) => {
      const results = await atEachCall(`run ${name}`, { kind: 'pause', seconds: 5 });
      expect(results.length).toBeGreaterThan(3);
      expect(outcomesOf(results)).toEqual(['migrated']);
      for (const result of results) expect(movesOf(result, 'failed', 'run')).toEqual([]);
    },
    LONG,
  );

  it.each(undoable)(
    'may be cut at any call of its undo, and undone again: %s',
    async (name) => {
      const cancelled = [at('run registerTarget', 4, { kind: 'cancel' })];
      const results = await atEachCall(`undo ${name}`, crash, cancelled);
      expect(results.length).toBeGreaterThan(3);
      expect(outcomesOf(results)).toEqual(['rolled back']);
      for (const result of results) {
        expect(
          movesOf(result, 'started', 'undo').filter((one) => one === name).length,
        ).toBeGreaterThan(0);
      }
    },
    LONG,
  );
});
