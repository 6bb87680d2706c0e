import { describe, expect, it } from '@jest/globals';
import { type AlertBook, hear, keepAlerts, markAlert, readBook } from '../../src/bot/alert-book.ts';
import { alertsOf } from '../../src/bot/alerts.ts';
import { meaningOf } from '../../src/bot/requests.ts';
import type { Alert } from '../../src/domain/alert.ts';
import type { ProblemRecord } from '../../src/domain/problem.ts';
import { memoryRecords } from '../slack/memory-records.ts';
import type { Written } from '../trust/journal-fixture.ts';
import { approved, bot, done, entriesOf, failed, started, stepsBefore } from './stories.ts';
import { codeOf } from './world.ts';

const WHY = { code: 'guest-will-not-stop', facts: { seconds: 300 } };
const AGAIN = { code: 'vm-reconfigured', facts: { vm: 'dc02' } };
const BEHIND = { code: 'journal-behind', facts: { operation: 'm1', seen: 9, found: 3 } };
const SETTLED = bot({ kind: 'settled', home: 'source' });
const NOW = 10_000_000;

interface Beside {
  readonly halts?: Record<string, ProblemRecord>;
  readonly book?: AlertBook;
  readonly now?: number;
}

/** Of a journal whose entries are a second apart, from 0 on. */
function alertsAfter(written: readonly Written[], beside: Beside = {}): Alert[] {
  const { halts = {}, book = {}, now = written.length * 1000 } = beside;
  return alertsOf('m1', meaningOf(entriesOf(written), now), { halts, book });
}

describe('an alert about a step that failed', () => {
  const broken = [...stepsBefore('stopSource'), ...failed('stopSource', 'roll back', WHY)];

  it('is raised when it failed, and stands until the home of the VM is certain', () => {
    const at = broken.length * 1000;
    expect(alertsAfter(broken)).toMatchObject([{ cause: WHY, raisedAt: at }]);
    expect(alertsAfter(broken)[0]).not.toHaveProperty('mendedAt');
    const undone = [...broken, ...done('stopSource', {}, 'undo')];
    expect(alertsAfter(undone)[0]).not.toHaveProperty('mendedAt');
    const [mended] = alertsAfter([...undone, SETTLED]);
    expect(mended).toMatchObject({ mendedAt: (undone.length + 1) * 1000, home: 'source' });
  });

  it('is mended when the step goes well after all', () => {
    const stuck = [...stepsBefore('startTarget'), ...failed('startTarget', 'unknown', WHY)];
    expect(alertsAfter(stuck)).toMatchObject([{ home: 'unknown' }]);
    expect(alertsAfter([...stuck, ...done('startTarget')])).toMatchObject([
      { home: 'target', mendedAt: expect.any(Number), offers: [] },
    ]);
  });

  it('that asked again is mended by the answer, and is a new one the next time', () => {
    const asks = [...stepsBefore('recheck'), ...failed('recheck', 'ask again', AGAIN)];
    const twice = [...asks, approved(), ...failed('recheck', 'ask again', AGAIN)];
    expect(alertsAfter([...asks, approved()])).toMatchObject([{ mendedAt: expect.any(Number) }]);
    const [first, second, ...none] = alertsAfter(twice);
    expect(none).toEqual([]);
    expect(first?.mendedAt).toBeDefined();
    expect(second).not.toHaveProperty('mendedAt');
    expect(second?.key).toBe(`${first?.key}-2`);
  });

  it('tells once why all is taken back, though the step that ran meanwhile ends with it too', () => {
    const low = { code: 'source-space-low', facts: { volume: 'D:' } };
    const guarded: Written[] = [
      ...stepsBefore('copyDirtyRounds'),
      started('copyDirtyRounds'),
      [
        'source',
        { kind: 'failed', step: 'trackChanges', move: 'run', outcome: 'roll back', problem: low },
      ],
      [
        'source',
        {
          kind: 'failed',
          step: 'copyDirtyRounds',
          move: 'run',
          outcome: 'roll back',
          problem: low,
        },
      ],
    ];
    expect(alertsAfter(guarded).map(({ cause }) => cause.code)).toEqual([low.code]);
    const stuck = [...guarded, ...failed('trackChanges', 'unknown', low, 'undo')];
    expect(alertsAfter(stuck)).toHaveLength(2);
  });

  it('is not raised by a person who cancels', () => {
    const problem = { code: 'cancelled', facts: { by: 'U1' } };
    const cancelled = [
      ...stepsBefore('copyDirtyRounds'),
      started('copyDirtyRounds'),
      bot({ kind: 'cancelled', by: 'U1' }),
      ...failed('copyDirtyRounds', 'roll back', problem).slice(1),
    ];
    expect(alertsAfter(cancelled)).toEqual([]);
  });

  it('about left-overs is not mended by what is certain about the VM', () => {
    const cancelled = [
      ...stepsBefore('createTargetDisks'),
      bot({ kind: 'cancelled', by: 'U1' }),
      ...failed('reserveTarget', 'unknown', WHY, 'undo'),
    ];
    expect(alertsAfter([...cancelled, SETTLED])[0]).not.toHaveProperty('mendedAt');
    const closed = bot({ kind: 'closed', outcome: 'rolled back' });
    expect(alertsAfter([...cancelled, SETTLED, closed])[0]?.mendedAt).toBeDefined();
  });

  it('that comes again after a retry is the same one, and nobody has heard of that', () => {
    const stuck = failed('startTarget', 'unknown', WHY);
    const times = Array.from({ length: 5 }, () => stuck).flat();
    const before = [...stepsBefore('startTarget'), ...times];
    const again = [...before, bot({ kind: 'retried', by: 'U1' }), ...stuck];
    const key = 'failed-startTarget-run-guest-will-not-stop';
    const at = before.length * 1000;
    const booked = { cause: WHY, home: 'unknown' as const, raisedAt: 0 };
    const book = { [key]: { ...booked, heard: { by: 'U1', at } } };
    expect(alertsAfter(before, { book })[0]?.heard?.by).toBe('U1');
    const [alert, ...none] = alertsAfter(again, { book });
    expect(none).toEqual([]);
    expect(alert).toMatchObject({ key, failedAgainAt: again.length * 1000 });
    expect(alert).not.toHaveProperty('heard');
  });
});

describe('where the VM is', () => {
  it('follows what happens while the alert stands', () => {
    const broken = [...stepsBefore('fenceSource'), ...failed('fenceSource', 'roll back', WHY)];
    expect(alertsAfter(broken)[0]?.home).toBe('nowhere');
    const back = [...broken, ...done('fenceSource', {}, 'undo'), ...done('stopSource', {}, 'undo')];
    expect(alertsAfter(back)[0]?.home).toBe('source');
  });

  it('is not unknown again when a start that never ran is taken back', () => {
    const never = [...stepsBefore('startTarget'), ...failed('startTarget', 'never ran', WHY)];
    const undoing = [...never, started('registerTarget', 'undo')];
    expect(alertsAfter(undoing)[0]?.home).toBe('nowhere');
  });
});

describe('an alert that leaves no entry', () => {
  const story = stepsBefore('createTargetDisks');
  /** What a bot that looks at these moments finds, with its book in a store. */
  async function looks(moments: readonly { at: number; halts: Record<string, ProblemRecord> }[]) {
    const records = memoryRecords();
    let alerts: Alert[] = [];
    for (const { at, halts } of moments) {
      const book = await readBook(records, 'm1');
      alerts = alertsAfter(story, { halts, book, now: at });
      await keepAlerts(records, 'm1', alerts);
    }
    return { alerts, records };
  }
  const halts = { 'hv-b': BEHIND };
  const at = story.length * 1000;

  it('keeps the time at which it was first seen', async () => {
    const { alerts } = await looks([
      { at, halts },
      { at: at + 500, halts },
    ]);
    expect(alerts).toMatchObject([{ raisedAt: at, offers: ['heal-store'] }]);
  });

  it('is mended when it is no longer seen, and stays so', async () => {
    const { alerts } = await looks([
      { at, halts },
      { at: at + 500, halts: {} },
      { at: at + 900, halts: {} },
    ]);
    expect(alerts).toMatchObject([{ raisedAt: at, mendedAt: at + 500, cause: BEHIND }]);
  });

  it('is another one when it comes back', async () => {
    const { alerts } = await looks([
      { at, halts },
      { at: at + 500, halts: {} },
      { at: at + 900, halts },
      { at: at + 950, halts },
    ]);
    expect(alerts.map(({ key }) => key)).toEqual([
      'halt-hv-b-journal-behind',
      'halt-hv-b-journal-behind-2',
    ]);
    expect(alerts[1]).not.toHaveProperty('mendedAt');
  });

  it('is mended by the end of its operation', async () => {
    const closed = [...story, SETTLED, bot({ kind: 'closed', outcome: 'rolled back' })];
    const { records } = await looks([{ at, halts }]);
    const book = await readBook(records, 'm1');
    expect(alertsAfter(closed, { halts, book })).toMatchObject([{ mendedAt: expect.any(Number) }]);
  });

  it('says since when it takes longer than planned, also if nobody looked then', () => {
    const alerts = alertsAfter(story, { now: NOW });
    const silent = alerts.find(({ cause }) => cause.code === 'host-does-not-act');
    expect(silent?.raisedAt).toBe(story.length * 1000 + 60_000);
  });
});

describe('the book of alerts', () => {
  const alert: Alert = {
    ...{ key: 'k', operation: 'm1', cause: WHY, home: 'source', offers: [] },
    raisedAt: 5,
  };

  it('remembers the first who acknowledged, and tells the second', async () => {
    const records = memoryRecords();
    await keepAlerts(records, 'm1', [alert]);
    const hears = (by: string) => hear(records, { operation: 'm1', key: 'k' }, { by, at: 9 });
    await hears('U1');
    expect(await codeOf(hears('U2'))).toBe('alert-heard-already');
    expect((await readBook(records, 'm1')).k?.heard).toEqual({ by: 'U1', at: 9 });
    const unknown = hear(records, { operation: 'm1', key: 'x' }, { by: 'U1', at: 9 });
    expect(await codeOf(unknown)).toBe('alert-unknown');
  });

  it('counts one of two who acknowledge at the same time', async () => {
    const records = memoryRecords();
    await keepAlerts(records, 'm1', [alert]);
    const both = await Promise.allSettled(
      ['U1', 'U2'].map((by) => hear(records, { operation: 'm1', key: 'k' }, { by, at: 9 })),
    );
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('keeps what was told when the alert changes, and writes nothing without news', async () => {
    const records = memoryRecords();
    await keepAlerts(records, 'm1', [alert]);
    await markAlert(records, { operation: 'm1', key: 'k' }, { logged: true });
    await markAlert(records, { operation: 'm1', key: 'k' }, { webhook: 'sent' });
    await keepAlerts(records, 'm1', [{ ...alert, mendedAt: 7 }]);
    expect((await readBook(records, 'm1')).k).toMatchObject({
      ...{ logged: true, webhook: 'sent', mendedAt: 7, raisedAt: 5 },
    });
    const stored = records.values.get('alerts/m1');
    await keepAlerts(records, 'm1', [{ ...alert, mendedAt: 7, home: 'target' }]);
    expect(records.values.get('alerts/m1')).toBe(stored);
  });

  it('forgets the oldest that are mended, and none that stands', async () => {
    const records = memoryRecords();
    const many = Array.from({ length: 150 }, (_, index) => ({
      ...{ ...alert, key: `k${index}`, raisedAt: index },
      ...(index === 3 ? {} : { mendedAt: index + 1 }),
    }));
    await keepAlerts(records, 'm1', many);
    const kept = Object.keys(await readBook(records, 'm1'));
    expect(kept).toHaveLength(100);
    expect(kept).toEqual(expect.arrayContaining(['k3', 'k149']));
  });
});
