import { describe, expect, it } from '@jest/globals';
import { meaningOf } from '../../src/bot/requests.ts';
import { type Beside, viewOf } from '../../src/bot/view.ts';
import { planHash } from '../../src/domain/plan.ts';
import type { OperationView } from '../../src/slack/operation-view.ts';
import { opening, type Written } from '../trust/journal-fixture.ts';
import { approved, bot, done, entriesOf, failed, started, stepsBefore } from './stories.ts';

const NOTHING: Beside = { findings: [], approvals: [], halts: {}, book: {} };
const NOW = 60_000;

function viewAfter(written: readonly Written[], beside: Partial<Beside> = {}): OperationView {
  return viewOf('m1', meaningOf(entriesOf(written), NOW), { ...NOTHING, ...beside });
}

const stateAfter = (...written: Written[]) => viewAfter(written).state;
const AGAIN = { code: 'source-was-started', facts: { vm: 'dc02', host: 'hv-a' } };
const WHY = { code: 'guest-will-not-stop', facts: { seconds: 300 } };
const times = (count: number, written: readonly Written[]): Written[] =>
  Array.from({ length: count }, () => written).flat();

describe('the state of a migration that goes on', () => {
  it('is preparing, copying, asking, cutting over and migrated, in this order', () => {
    expect(stateAfter()).toEqual({ kind: 'preparing', step: '' });
    expect(stateAfter(started('reserveTarget'))).toEqual({
      kind: 'preparing',
      step: 'reserveTarget',
    });
    expect(stateAfter(...stepsBefore('copyWholeDisks'))).toMatchObject({ kind: 'copying' });
    expect(stateAfter(...stepsBefore('catchUp'))).toEqual({ kind: 'asking', step: 'compareDisks' });
    expect(stateAfter(...stepsBefore('catchUp'), approved())).toMatchObject({
      kind: 'cutting over',
    });
    expect(stateAfter(...stepsBefore('stopSource'))).toMatchObject({ kind: 'cutting over' });
    expect(stateAfter(...stepsBefore('retireSource'))).toEqual({
      kind: 'migrated',
      step: '',
      cleanUpPending: 'hv-a',
    });
    expect(stateAfter(...stepsBefore('retireSource'), ...done('retireSource'))).toEqual({
      kind: 'migrated',
      step: '',
    });
  });

  it('tells how many must approve, who has, and until when', () => {
    const asking = viewAfter(stepsBefore('catchUp'), { approvals: ['U1'] }).approvals;
    expect(asking).toMatchObject({ users: ['U1'], needed: 2 });
    expect(asking.expiresAt).toBeGreaterThan(NOW);
    const going = viewAfter([...stepsBefore('catchUp'), approved(['U3', 'U4'])]).approvals;
    expect(going).toMatchObject({ users: ['U3', 'U4'], needed: 2 });
  });

  it('asks again and says why, with nobody who has approved yet', () => {
    const written = [...stepsBefore('recheck'), ...failed('recheck', 'ask again', AGAIN)];
    const view = viewAfter(written);
    expect(view.state).toEqual({ kind: 'asking', step: 'recheck', why: AGAIN });
    expect(view.approvals.users).toEqual([]);
    expect(view.alerts).toMatchObject([{ cause: AGAIN, home: 'source', offers: [] }]);
  });

  it('shows how another plan differs from the approved one, until it is approved itself', () => {
    const plan = { ...opening.plan, pauseSecondsMax: 90 };
    const other = bot({ kind: 'replanned', plan, planHash: planHash(plan) });
    const first = viewAfter([...stepsBefore('catchUp'), other]);
    expect(first).toMatchObject({ plan, planBefore: opening.plan, planHash: planHash(plan) });
    const again = { ...opening.plan, pauseSecondsMax: 200 };
    const asked = [...stepsBefore('recheck'), ...failed('recheck', 'ask again', AGAIN), other];
    const twice = [...asked, bot({ kind: 'replanned', plan: again, planHash: planHash(again) })];
    expect(viewAfter(twice)).toMatchObject({ plan: again, planBefore: opening.plan });
    const done = viewAfter([...asked, approved(['U1', 'U2'], planHash(plan))]);
    expect(done).not.toHaveProperty('planBefore');
  });

  it('shows the limit of the plan, then the newest one, and none when nothing is sent', () => {
    const limited = bot({ kind: 'limited', by: 'U1', bytesPerSecondMax: 5e6 });
    expect(viewAfter([])).not.toHaveProperty('bytesPerSecondMax');
    expect(viewAfter([limited]).bytesPerSecondMax).toBe(5e6);
    const off = [limited, ...stepsBefore('fenceSource')];
    expect(viewAfter(off)).not.toHaveProperty('bytesPerSecondMax');
  });

  it('shows an approval that lapsed unused as asking, with nobody', () => {
    const lapsed = bot({
      kind: 'approved',
      approval: 'cutover',
      planHash: opening.planHash,
      users: ['U1', 'U2'],
      expiresAt: NOW - 1,
    });
    const view = viewAfter([...stepsBefore('catchUp'), lapsed]);
    expect([view.state.kind, view.approvals.users]).toEqual(['asking', []]);
  });
});

describe('the state of a migration that goes back', () => {
  it('is rolling back with the cause, and then rolled back', () => {
    const written = [...stepsBefore('stopSource'), ...failed('stopSource', 'roll back', WHY)];
    const view = viewAfter(written);
    expect(view.state).toEqual({ kind: 'rolling back', step: 'stopSource', why: WHY });
    expect(view.alerts).toMatchObject([{ cause: WHY, home: 'unknown', offers: [] }]);
    const source = ['stopSource', 'forbidSourceStart', 'trackChanges'];
    const target = ['createTargetDisks', 'reserveTarget'];
    const undone = (names: string[]) => names.flatMap((name) => done(name, {}, 'undo'));
    const pending = viewAfter([...written, ...undone(source)]);
    expect(pending.state).toEqual({
      kind: 'rolled back',
      step: '',
      why: WHY,
      cleanUpPending: 'hv-b',
    });
    expect(pending.alerts).toMatchObject([{ offers: ['retry'] }]);
    const over = viewAfter([...written, ...undone(source), ...undone(target)]);
    expect(over.state).toEqual({ kind: 'rolled back', step: '', why: WHY });
  });

  it('names who asked for something last, whatever happened since', () => {
    const actOf = (...written: Written[]) => viewAfter(written).lastAct;
    expect(actOf()).toBeUndefined();
    expect(actOf(...stepsBefore('catchUp'), approved())).toBeUndefined();
    const paused = bot({ kind: 'paused', by: 'U1' });
    const resumed = bot({ kind: 'resumed', by: 'U2' });
    const copied = done('reserveTarget');
    expect(actOf(paused, ...copied)).toEqual({ code: 'paused', facts: { by: 'U1' } });
    expect(actOf(paused, resumed, ...copied)).toEqual({ code: 'resumed', facts: { by: 'U2' } });
    const back = bot({ kind: 'rollback', by: 'U3' });
    expect(actOf(paused, resumed, back)?.code).toBe('rollback-asked');
    expect(actOf(bot({ kind: 'retried', by: 'hv-a' }))?.facts).toEqual({ by: 'hv-a' });
  });

  it('names a cancel as the cause', () => {
    const view = viewAfter([bot({ kind: 'cancelled', by: 'U7' })]);
    expect(view.state.why).toEqual({ code: 'cancelled', facts: { by: 'U7' } });
    expect(view.alerts).toEqual([]);
  });
});

describe('a migration that needs a person', () => {
  const unknown = { code: 'target-silent', facts: { vm: 'dc02', host: 'hv-b' } };

  it('past the point of no return offers to retry only, and says that the home is unknown', () => {
    const stuck = failed('startTarget', 'unknown', unknown);
    const view = viewAfter([...stepsBefore('startTarget'), ...times(5, stuck)]);
    expect(view.state).toEqual({ kind: 'needs a person', step: 'startTarget', why: unknown });
    expect(view.alerts).toMatchObject([{ cause: unknown, home: 'unknown', offers: ['retry'] }]);
  });

  it('whose undo is stuck before that may be retried or rolled back', () => {
    const stuck = failed('fenceSource', 'unknown', unknown, 'undo');
    const cancelled = bot({ kind: 'cancelled', by: 'U7' });
    const view = viewAfter([...stepsBefore('copyLastRound'), cancelled, ...times(5, stuck)]);
    expect(view.state).toEqual({ kind: 'needs a person', step: 'fenceSource', why: unknown });
    expect(view.alerts).toMatchObject([{ home: 'nowhere', offers: ['retry', 'rollback'] }]);
  });

  it('stays with one alert, however often the same step fails', () => {
    const stuck = failed('startTarget', 'unknown', unknown);
    const keys = viewAfter([...stepsBefore('startTarget'), ...times(5, stuck)]).alerts.map(
      ({ key }) => key,
    );
    expect(keys).toEqual(['failed-startTarget-run-target-silent']);
  });
});

describe('where the VM is, as an alert says', () => {
  const homeAfter = (...written: Written[]) => viewAfter(written).alerts.at(-1)?.home;

  it('is the source before its stop, nowhere after it, the target once it was started', () => {
    expect(
      homeAfter(...stepsBefore('compareDisks'), ...failed('compareDisks', 'roll back', WHY)),
    ).toBe('source');
    expect(
      homeAfter(...stepsBefore('fenceSource'), ...failed('fenceSource', 'roll back', WHY)),
    ).toBe('nowhere');
    expect(
      homeAfter(...stepsBefore('confirmTarget'), ...failed('confirmTarget', 'unknown', WHY)),
    ).toBe('target');
  });

  it('is nowhere when the start at the target is proven never to have been', () => {
    const written = [...stepsBefore('startTarget'), ...failed('startTarget', 'never ran', WHY)];
    expect(homeAfter(...written)).toBe('nowhere');
  });

  it('is the source when a person started it there', () => {
    expect(
      homeAfter(...stepsBefore('fenceSource'), ...failed('fenceSource', 'ask again', AGAIN)),
    ).toBe('source');
  });

  it('is no alert when a round that keeps the copy warm failed', () => {
    const written = [...stepsBefore('catchUp'), ...failed('catchUp', 'unknown', WHY, 'keepWarm')];
    expect(viewAfter(written).alerts).toEqual([]);
  });
});

describe('a halt', () => {
  const behind = { code: 'journal-behind', facts: { operation: 'm1', seen: 9, found: 3 } };
  const forged = { code: 'journal-forged-signature', facts: { operation: 'm1', position: 3 } };

  it('needs a person, names the host and offers to heal a store that lost entries', () => {
    const view = viewAfter(stepsBefore('createTargetDisks'), { halts: { 'hv-b': behind } });
    expect(view.state).toMatchObject({ kind: 'needs a person', why: behind });
    expect(view.alerts).toMatchObject([
      { key: 'halt-hv-b-journal-behind', home: 'source', offers: ['heal-store'] },
    ]);
  });

  it('offers no healing where that would not help', () => {
    expect(viewAfter([], { halts: { 'hv-b': forged } }).alerts).toMatchObject([{ offers: [] }]);
    const diverged = { code: 'journal-diverged', facts: { operation: 'm1', position: 4 } };
    expect(viewAfter([], { halts: { 'hv-b': diverged } }).alerts).toMatchObject([{ offers: [] }]);
  });

  it('of a guard alone lets the operation go on, and offers to cancel it', () => {
    const facts = { vm: 'dc02', host: 'hv-a', message: 'away' };
    const halts = { 'hv-a-volumes': { code: 'volumes-unwatched', facts } };
    const view = viewAfter(stepsBefore('catchUp'), { halts });
    expect(view.state.kind).not.toBe('needs a person');
    expect(view.alerts).toMatchObject([
      { key: 'halt-hv-a-volumes-volumes-unwatched', offers: ['cancel'] },
    ]);
  });

  it('does not reopen what is closed', () => {
    const over = [...stepsBefore('retireSource'), ...done('retireSource')];
    const closed = [...over, bot({ kind: 'settled', home: 'target' })];
    const ended = [...closed, bot({ kind: 'closed', outcome: 'migrated' })];
    const view = viewAfter(ended, { halts: { 'hv-b': behind } });
    expect(view.state.kind).toBe('migrated');
    expect(view.times.closedAt).toBe((ended.length + 0) * 1000);
  });
});

describe('progress', () => {
  const progress = { bytesDone: 43, bytesTotal: 100, bytesPerSecond: 5, round: 0, etaSeconds: 12 };
  const shownAfter = (written: readonly Written[], changes: Partial<typeof progress> = {}) =>
    viewAfter(written, { progress: { ...progress, ...changes } }).progress;
  const copying = [...stepsBefore('copyWholeDisks'), started('copyWholeDisks')];
  const whole = stepsBefore('copyDirtyRounds');
  const dirty = [...whole, started('copyDirtyRounds')];

  it('is shown while a round is under way', () => {
    expect(shownAfter(copying)).toEqual(progress);
    expect(shownAfter(dirty, { round: 1 })?.round).toBe(1);
    const warming = [...stepsBefore('catchUp'), started('catchUp', 'keepWarm')];
    expect(shownAfter(warming, { round: 2 })?.round).toBe(2);
    const last = [...stepsBefore('copyLastRound'), started('copyLastRound')];
    expect(shownAfter(last, { round: 4 })?.round).toBe(4);
  });

  it('of a round that is sent is shown no more, before the next one has any', () => {
    expect(shownAfter(whole)).toBeUndefined();
    expect(shownAfter(dirty)).toBeUndefined();
    const sent = [...whole, ...done('copyDirtyRounds', { round: 3 })];
    const warming = [...sent, ...done('compareDisks'), started('catchUp', 'keepWarm')];
    expect(shownAfter(warming, { round: 3 })).toBeUndefined();
    expect(shownAfter(warming, { round: 4 })?.round).toBe(4);
  });

  it('has neither rate nor time left while it is paused', () => {
    const paused = [...copying, bot({ kind: 'paused', by: 'U1' })];
    expect(shownAfter(paused)).toEqual({ ...progress, bytesPerSecond: 0, etaSeconds: 0 });
  });

  it.each<[string, Written[]]>([
    ['asking', stepsBefore('catchUp')],
    ['starting it at the target', [...stepsBefore('startTarget'), started('startTarget')]],
    [
      'waiting after a failure',
      [...copying.slice(0, -1), ...failed('copyWholeDisks', 'unknown', WHY)],
    ],
    ['going back', [...copying, bot({ kind: 'cancelled', by: 'U1' })]],
    ['migrated', [...stepsBefore('retireSource'), ...done('retireSource')]],
  ])('is none while %s', (_name, written) => {
    expect(shownAfter(written, { round: 99 })).toBeUndefined();
  });

  it('is none where a worker does not act', () => {
    const halts = { 'hv-a': { code: 'journal-behind', facts: {} } };
    expect(viewAfter(copying, { progress, halts }).progress).toBeUndefined();
  });
});

describe('the result', () => {
  it('is there once the target was confirmed, with the totals of every round', () => {
    const facts: Readonly<Record<string, Record<string, number>>> = {
      copyWholeDisks: { bytesRead: 800, bytesSent: 500 },
      copyDirtyRounds: { bytesSent: 70 },
      catchUp: { bytesSent: 6 },
      copyLastRound: { bytesSent: 5, round: 4 },
    };
    const told = stepsBefore('retireSource').map((one): Written => {
      const [author, body] = one;
      const more = body.kind === 'done' ? facts[body.step] : undefined;
      return body.kind === 'done' && more ? [author, { ...body, facts: more }] : one;
    });
    const entries = entriesOf(told);
    const view = viewAfter(told);
    const at = (kind: string, step: string) =>
      entries.find(({ body }) => body.kind === kind && 'step' in body && body.step === step)?.at ??
      0;
    const confirmed = at('done', 'confirmTarget');
    expect(view.result).toEqual({
      virtualBytes: 0,
      allocatedBytes: 800,
      sentBytes: 581,
      rounds: 5,
      pauseSeconds: (confirmed - at('started', 'stopSource')) / 1000,
      totalSeconds: confirmed / 1000,
    });
    expect(viewAfter(stepsBefore('confirmTarget')).result).toBeUndefined();
  });
});
