import { describe, expect, it } from '@jest/globals';
import { STREAM_1 } from '../../src/migration/steps.ts';
import { at, atEachCall, movesOf, outcomesOf } from './each-call.ts';
import { type Result, simulate } from './run.ts';
import { CALM_OFF, type Fault } from './schedule.ts';

const LONG = 60_000;
const names = STREAM_1.map(({ name }) => name);
const from = (name: string): string[] => names.slice(names.indexOf(name));
const undoable = STREAM_1.filter((step) => step.undoable).map(({ name }) => name);
const crash: Fault = { kind: 'crash', seconds: 2 };
const personStarts: Fault = { kind: 'person starts', host: 'hv-a' };

const rounds = ({ trace }: Result): string[] =>
  trace.filter((line) => line.includes(' of m1 committed'));
const powers = ({ trace }: Result): string[] =>
  trace.filter((line) => line.endsWith('the guest runs'));

describe('a VM that is off', () => {
  it('is copied once, and nobody is asked to stop or start it', async () => {
    const result = await simulate(CALM_OFF);
    expect(result).toMatchObject({ outcome: 'migrated', violations: [] });
    expect(rounds(result)).toEqual([expect.stringContaining('round 0 of m1 committed (whole)')]);
    expect(powers(result)).toEqual([]);
    expect(result.trace.join()).not.toContain('openRound');
  });

  it('waits for its approval without rounds', async () => {
    const { entries, outcome } = await simulate({ ...CALM_OFF, approveSeconds: 100 });
    const warmed = entries.filter(({ body }) => 'move' in body && body.move === 'keepWarm');
    expect({ outcome, warmed }).toEqual({ outcome: 'migrated', warmed: [] });
  });

  it.each(from('stopSource'))(
    'is moved whichever call is cut: %s',
    async (name) => {
      const results = await atEachCall(CALM_OFF, { during: `run ${name}`, fault: crash });
      expect(results.length).toBeGreaterThan(2);
      expect(outcomesOf(results)).toEqual(['migrated']);
      expect(results.flatMap(powers)).toEqual([]);
    },
    LONG,
  );

  it.each(['fenceSource', 'copyLastRound', 'registerTarget'])(
    'stays off when it is cancelled, and no undo fails: %s',
    async (name) => {
      const results = await atEachCall(CALM_OFF, {
        during: `run ${name}`,
        fault: { kind: 'cancel' },
      });
      expect(outcomesOf(results)).toEqual(['rolled back']);
      expect(results.flatMap(powers)).toEqual([]);
      for (const result of results) expect(movesOf(result, 'failed', 'undo')).toEqual([]);
    },
    LONG,
  );

  it.each(undoable)(
    'stays off whichever call of an undo is cut: %s',
    async (name) => {
      const results = await atEachCall(CALM_OFF, {
        during: `undo ${name}`,
        fault: crash,
        before: [at('run registerTarget', 4, { kind: 'cancel' })],
      });
      expect(results.length).toBeGreaterThan(1);
      expect(outcomesOf(results)).toEqual(['rolled back']);
      expect(results.flatMap(powers)).toEqual([]);
    },
    LONG,
  );

  it.each(['recheck', 'stopSource'])(
    'asks again when somebody started it meanwhile: %s',
    async (name) => {
      const results = await atEachCall(CALM_OFF, { during: `run ${name}`, fault: personStarts });
      const again = results.filter(({ entries }) =>
        entries.some(
          ({ body }) => body.kind === 'failed' && body.problem.code === 'off-vm-started',
        ),
      );
      expect(again.length).toBeGreaterThan(0);
      expect(outcomesOf(again)).toEqual(['migrated']);
    },
    LONG,
  );
});
