import { describe, expect, it } from '@jest/globals';
import { LIVE_1 } from '../../src/migration/steps.ts';
import { at, atEachCall, movesOf, outcomesOf } from './each-call.ts';
import { simulate } from './run.ts';
import { CALM_LIVE, type Fault, type Trigger } from './schedule.ts';

const LONG = 60_000;
const names = LIVE_1.map(({ name }) => name);
const undoable = LIVE_1.filter((step) => step.undoable).map(({ name }) => name);
const behind = (name: string, other: string): boolean => names.indexOf(name) > names.indexOf(other);

const crash: Fault = { kind: 'crash', seconds: 2 };
const cancel: Fault = { kind: 'cancel' };

const live = async (...triggers: Trigger[]) => {
  const { outcome, violations } = await simulate({ ...CALM_LIVE, triggers });
  return [outcome, ...violations];
};

describe('each step of a live move', () => {
  it.each(names)(
    'may be cut at any call and run again: %s',
    async (name) => {
      const results = await atEachCall(CALM_LIVE, { during: `run ${name}`, fault: crash });
      expect(results.length).toBeGreaterThan(3);
      expect(outcomesOf(results)).toEqual(['migrated']);
    },
    LONG,
  );

  it(
    'may be left at any call by a worker that is told to end, and the move goes on',
    async () => {
      const fault: Fault = { kind: 'stop', seconds: 2 };
      const results = await atEachCall(CALM_LIVE, { during: 'run moveLive', fault });
      expect(results.length).toBeGreaterThan(30);
      expect(outcomesOf(results)).toEqual(['migrated']);
    },
    LONG,
  );

  it.each(names)(
    'may fail at any call, and either all is undone or it goes on: %s',
    async (name) => {
      const fault: Fault = { kind: 'failure' };
      const results = await atEachCall(CALM_LIVE, { during: `run ${name}`, fault });
      expect(results.length).toBeGreaterThan(3);
      for (const result of results) {
        expect(result.violations).toEqual([]);
        const isUndone = movesOf(result, 'started', 'undo').length > 0;
        expect(result.outcome).toBe(isUndone ? 'rolled back' : 'migrated');
        if (isUndone) expect(behind(name, 'moveLive')).toBe(false);
      }
    },
    LONG,
  );

  it.each(names)(
    'may be cancelled, and is where its end says: %s',
    async (name) => {
      const results = await atEachCall(CALM_LIVE, { during: `run ${name}`, fault: cancel });
      for (const result of results) {
        expect(result.violations).toEqual([]);
        expect(movesOf(result, 'failed', 'undo')).toEqual([]);
      }
      const outcomes = outcomesOf(results);
      if (!behind(name, 'carryOut')) expect(outcomes).toEqual(['rolled back']);
      else if (behind(name, 'moveLive')) expect(outcomes).toEqual(['migrated']);
      // Until its last second it obeys.
      else expect(outcomes).toEqual(['rolled back', 'migrated']);
    },
    LONG,
  );

  it.each(undoable)(
    'may be cut at any call of its undo, and undone again: %s',
    async (name) => {
      const results = await atEachCall(CALM_LIVE, {
        during: `undo ${name}`,
        fault: crash,
        before: [at('run moveLive', 12, cancel)],
      });
      expect(results.length).toBeGreaterThan(3);
      expect(outcomesOf(results)).toEqual(['rolled back']);
    },
    LONG,
  );
});

describe('a live move', () => {
  const trick = (fault: Fault): Trigger => at('run carryOut', 0, fault);
  const cancelled = at('run moveLive', 12, cancel);

  it('is not believed when it says that it is complete', async () => {
    expect(await live(trick({ kind: 'move lies' }))).toEqual(['rolled back']);
  });

  it('ends where it is when a cancel comes too late, or was in vain', async () => {
    expect(await live(trick({ kind: 'cancel too late' }), cancelled)).toEqual(['migrated']);
    expect(await live(trick({ kind: 'cancel in vain' }), cancelled)).toEqual(['migrated']);
  });

  it('is confirmed in peace when a cancel came too late', async () => {
    const reboots: Fault = { kind: 'reboot', host: 'hv-b', seconds: 3 };
    const late = trick({ kind: 'cancel too late' });
    const triggers = [late, cancelled, at('run confirmMove', 0, reboots)];
    const { outcome, entries } = await simulate({ ...CALM_LIVE, triggers });
    const failures = entries.flatMap(({ body }) => (body.kind === 'failed' ? [body.problem] : []));
    expect([outcome, failures]).toEqual(['migrated', []]);
  });

  it('goes back when what it left at the target stays there', async () => {
    const left = trick({ kind: 'planned left', seconds: null });
    expect(await live(left, cancelled)).toEqual(['rolled back']);
  });

  it('goes back when its target goes away before the switch-over', async () => {
    const gone: Fault = { kind: 'reboot', host: 'hv-b', seconds: 10 };
    expect(await live(at('run moveLive', 12, gone))).toEqual(['rolled back']);
  });

  it('waits for a person while its target says nothing', async () => {
    const unreadable: Fault = { kind: 'target unreadable', seconds: 3000 };
    expect(await live(at('run moveLive', 12, unreadable))).toEqual(['needs a person']);
  });

  it('waits for whoever turned the VM off, and starts nothing', async () => {
    expect(await live(at('run confirmMove', 0, { kind: 'person turns off' }))).toEqual(['run']);
  });

  it('asks again when the hypervisor objects', async () => {
    expect(await live(at('run recheck', 0, { kind: 'objection' }))).toEqual(['migrated']);
  });
});
