import { describe, expect, it } from '@jest/globals';
import { STREAM_1 } from '../../src/migration/steps.ts';
import { at, atEachCall, movesOf, outcomesOf } from './each-call.ts';
import { CALM, type Fault } from './schedule.ts';

const LONG = 60_000;
const names = STREAM_1.map(({ name }) => name);
const undoable = STREAM_1.filter((step) => step.undoable).map(({ name }) => name);
const crash: Fault = { kind: 'crash', seconds: 2 };

describe('each step', () => {
  it.each(names)(
    'may be cut at any call and run again: %s',
    async (name) => {
      const results = await atEachCall(CALM, { during: `run ${name}`, fault: crash });
      expect(results.length).toBeGreaterThan(3);
      expect(outcomesOf(results)).toEqual(['migrated']);
    },
    LONG,
  );

  it.each(names)(
    'may fail at any call, and either all is undone or it goes on: %s',
    async (name) => {
      const results = await atEachCall(CALM, {
        during: `run ${name}`,
        fault: { kind: 'failure' },
      });
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
      const results = await atEachCall(CALM, {
        during: `run ${name}`,
        fault: { kind: 'cancel' },
      });
      expect(outcomesOf(results)).toEqual(['rolled back']);
      for (const result of results) expect(movesOf(result, 'failed', 'undo')).toEqual([]);
    },
    LONG,
  );

  it.each(names)(
    'may be paused at any call and goes on when it is resumed: %s',
    async (name) => {
      const results = await atEachCall(CALM, {
        during: `run ${name}`,
        fault: { kind: 'pause', seconds: 5 },
      });
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
      const results = await atEachCall(CALM, {
        during: `undo ${name}`,
        fault: crash,
        before: cancelled,
      });
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
