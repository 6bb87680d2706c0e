import { describe, expect, it } from '@jest/globals';
import type { Entry, EntryBody, OpenedMigration } from '../../src/domain/journal.ts';
import type {
  Carried,
  Incompatibility,
  LiveEnd,
  LiveHost,
  NotCarried,
} from '../../src/domain/live.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { Problem } from '../../src/domain/problem.ts';
import { dutyOf } from '../../src/migration/duties.ts';
import { homeOf, nextAction } from '../../src/migration/next-action.ts';
import type { StepPorts } from '../../src/migration/ports.ts';
import { stateOf } from '../../src/migration/state.ts';
import { AskAgain, NeverRan } from '../../src/migration/step.ts';
import { carryIn } from '../../src/migration/steps/carry-in.ts';
import { carryOut } from '../../src/migration/steps/carry-out.ts';
import { compareMove } from '../../src/migration/steps/compare-move.ts';
import { moveLive } from '../../src/migration/steps/move-live.ts';
import { LIVE_1 } from '../../src/migration/steps.ts';
import {
  cancelled,
  done,
  failed,
  HOUR,
  journal,
  rollback,
  START,
  started,
  stepContext,
  opened as streamed,
} from './journals.ts';

const plan: Plan = {
  ...streamed.plan,
  method: 'live',
  stop: 'none',
  live: { way: 'with storage', target: 'hv-b.example.test', folder: 'D:\\dc02' },
};
const opened: OpenedMigration = { ...streamed, list: 'live@1', plan };
const approved: EntryBody = {
  kind: 'approved',
  approval: 'move',
  planHash: 'h',
  users: ['U2'],
  expiresAt: START + HOUR,
};

type Written = EntryBody | readonly EntryBody[];
function live(...bodies: readonly Written[]): Entry[] {
  const [first, ...rest] = journal(...bodies);
  if (!first) throw new Error('No opening');
  return [{ ...first, body: opened }, ...rest];
}

/** Everything before this step is done, and approved. */
function upTo(step: string): Written[] {
  const names = LIVE_1.map(({ name }) => name);
  return names
    .slice(0, names.indexOf(step))
    .flatMap((name) => (name === 'recheck' ? [approved, done(name)] : [done(name)]));
}

const next = (entries: readonly Entry[]) => nextAction(LIVE_1, entries, entries.at(-1)?.at ?? 0);
const stateIn = (entries: readonly Entry[]) => stateOf(LIVE_1, entries);

describe('a live migration', () => {
  it('asks once the target is reserved, and moves nothing before', () => {
    expect(next(live())).toMatchObject({ task: { step: 'reserveTarget' } });
    expect(next(live(done('reserveTarget')))).toMatchObject({ kind: 'await approval', of: 'move' });
  });

  it('runs its steps in their order, and its home is the target once that is confirmed', () => {
    for (const { name } of LIVE_1.filter((step) => !step.afterwards)) {
      expect(next(live(...upTo(name), ...(name === 'recheck' ? [approved] : [])))).toMatchObject({
        kind: 'run',
        task: { step: name },
      });
    }
    expect(homeOf(LIVE_1, live(...upTo('confirmMove')))).toBeUndefined();
    const moved = live(...upTo('carryIn'));
    expect(homeOf(LIVE_1, moved)).toBe('target');
    expect(next(moved)).toMatchObject({ kind: 'finished', outcome: 'migrated' });
    expect(dutyOf(moved, START)?.claims).toEqual({
      take: ['copy:dc02-id@hv-a'],
      release: ['vm:dc02-id'],
    });
  });

  it.each([
    ['before it moves', upTo('moveLive')],
    ['while it waits', [done('reserveTarget')]],
  ])('is taken back when it is cancelled %s', (_when, before) => {
    const state = stateIn(live(...before, cancelled));
    expect(state.rollingBack?.why.code).toBe('cancelled');
  });

  it('is asked to stop when it is cancelled while it moves, and goes on until that is known', () => {
    const entries = live(...upTo('moveLive'), started('moveLive'), cancelled);
    const state = stateIn(entries);
    expect([state.rollingBack, state.cancelAsked?.why.code]).toEqual([undefined, 'cancelled']);
    expect(next(entries)).toMatchObject({ kind: 'run', task: { step: 'moveLive' } });
  });

  it.each([cancelled, rollback])('is back as before when it obeyed in time', (asked) => {
    const moving = [...upTo('moveLive'), started('moveLive'), asked];
    const stopped = { code: 'move-stopped', facts: {} };
    const obeyed = live(...moving, {
      kind: 'failed',
      step: 'moveLive',
      move: 'run',
      outcome: 'never ran',
      problem: stopped,
    });
    expect(stateIn(obeyed).rollingBack?.why.code).not.toBe('move-stopped');
    expect(next(obeyed)).toMatchObject({ kind: 'undo', tasks: [{ step: 'carryOut' }, {}] });
    const undone = [...obeyed, ...live(done('carryOut', 'undo')).slice(1)];
    expect(homeOf(LIVE_1, undone)).toBe('source');
  });

  it('ends at the target when the wish to stop came too late', () => {
    const moving = [...upTo('moveLive'), started('moveLive'), cancelled];
    const late = live(...moving, { kind: 'done', step: 'moveLive', move: 'run', facts: {} });
    expect(next(late)).toMatchObject({ kind: 'run', task: { step: 'confirmMove' } });
  });

  it('never goes back by itself where it is unknown what came of it', () => {
    const unknown = live(
      ...upTo('moveLive'),
      ...Array.from({ length: 5 }, () => failed('moveLive', 'unknown')),
    );
    expect(next(unknown)).toMatchObject({ kind: 'needs a person', step: 'moveLive' });
    expect(homeOf(LIVE_1, unknown)).toBeUndefined();
  });

  it('asks again with the medium back in its drive when the hypervisor objects', () => {
    const objected = live(...upTo('compareMove'), ...failed('compareMove', 'ask again'));
    expect(next(objected)).toMatchObject({ kind: 'await approval', of: 'move' });
  });
});

describe('its steps', () => {
  const carried: Carried = { dvdDrives: [{ drive: 'IDE 1:0', path: 'D:\\a.iso' }], adapters: [] };

  function contextOf(answers: {
    readonly compare?: readonly Incompatibility[];
    readonly move?: LiveEnd;
    readonly none?: boolean;
    readonly notCarried?: NotCarried;
  }) {
    const said: unknown[] = [];
    const host: LiveHost = {
      compare: async () => answers.compare ?? [],
      carryOut: async () => carried,
      carryIn: async (_vm, back) => {
        said.push(back);
        return answers.notCarried ?? { media: [], adapters: [] };
      },
      move: async (move, token, { onProgress }) => {
        onProgress({ percent: 5, phase: 'copying', cancellable: true });
        said.push({ move, token });
        return answers.move ?? { end: 'moved' };
      },
    };
    const shown: unknown[] = [];
    const ports = {
      host: answers.none ? {} : { live: host, vm: async () => ({ state: 'Running' }) },
      showMove: (operation: string, progress: unknown) => shown.push([operation, progress]),
    };
    const entries = live(
      ...upTo('carryOut'),
      done('carryOut', 'run', { carried: JSON.stringify(carried) }),
    );
    const context = stepContext(opened, entries, ports);
    return { context, said, shown };
  }

  const thrownBy = (running: Promise<unknown>): Promise<unknown> =>
    running.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );

  it("ask the hypervisor for the plan's own move", async () => {
    const { context, said, shown } = contextOf({});
    await moveLive.run(context);
    const move = { way: 'with storage', target: 'hv-b.example.test', folder: 'D:\\dc02' };
    expect(said).toMatchObject([{ move, token: { epoch: 9 } }]);
    expect(shown).toMatchObject([['m1', { percent: 5 }]]);
  });

  it.each<[string, LiveEnd, new (...args: never[]) => Problem]>([
    ['never ran', { end: 'not moved', why: { code: 'x', facts: {} } }, NeverRan],
    ['unknown', { end: 'unknown', facts: {} }, Problem],
  ])('say that it %s', async (_end, move, kind) => {
    const thrown = await thrownBy(moveLive.run(contextOf({ move }).context));
    expect(thrown).toBeInstanceOf(kind);
    expect(thrown instanceof NeverRan).toBe(kind === NeverRan);
  });

  /** A move that goes on until it is told to stop. */
  function movingUntilTold() {
    const told: string[] = [];
    const { context } = contextOf({});
    const [cancel, stop] = [new AbortController(), new AbortController()];
    const ports = {
      ...context.ports,
      host: {
        live: {
          move: (_move: unknown, _token: unknown, { signal }: { signal: AbortSignal }) =>
            new Promise<LiveEnd>((resolve) => {
              signal.addEventListener('abort', () => {
                told.push('cancel');
                resolve({ end: 'not moved', why: { code: 'cancelled', facts: {} } });
              });
            }),
        },
      },
    } as unknown as StepPorts;
    const signal = AbortSignal.any([cancel.signal, stop.signal]);
    const run = thrownBy(moveLive.run({ ...context, ports, signal, wantedBack: cancel.signal }));
    return { told, cancel, stop, run };
  }

  it('cancel the move when people do', async () => {
    const { told, cancel, run } = movingUntilTold();
    cancel.abort();
    expect(await run).toBeInstanceOf(NeverRan);
    expect(told).toEqual(['cancel']);
  });

  it('leave the move to itself when the worker ends: the next one goes on with it', async () => {
    const { told, stop, run } = movingUntilTold();
    stop.abort(new Error('the worker ends'));
    expect(await run).toMatchObject({ message: 'the worker ends' });
    expect(told).toEqual([]);
  });

  it("ask again in the hypervisor's own words when it objects", async () => {
    const compare = [{ id: 33012, source: 'VMNetworkAdapter', message: 'No switch LAN' }];
    const thrown = await thrownBy(compareMove.run(contextOf({ compare }).context));
    expect(thrown).toBeInstanceOf(AskAgain);
    expect(thrown).toMatchObject({ facts: { texts: ['No switch LAN (33012)'] } });
  });

  it('tell what the VM does not have again at the target', async () => {
    expect(await carryIn.run(contextOf({}).context)).toEqual({});
    const notCarried = { media: ['D:\\a.iso'], adapters: [] };
    expect(await carryIn.run(contextOf({ notCarried }).context)).toEqual({ media: ['D:\\a.iso'] });
  });

  it('put back what they took out', async () => {
    const { context, said } = contextOf({});
    await carryOut.undo?.(context);
    expect(said).toEqual([carried]);
  });

  it('refuse a host whose driver cannot', async () => {
    const thrown = await thrownBy(moveLive.run(contextOf({ none: true }).context));
    expect(thrown).toMatchObject({ code: 'live-unavailable' });
  });
});
