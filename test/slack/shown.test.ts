import { describe, expect, it } from '@jest/globals';
import type { Alert } from '../../src/domain/alert.ts';
import { Problem } from '../../src/domain/problem.ts';
import { PACE, paceOf } from '../../src/slack/pace.ts';
import type { OperationView } from '../../src/slack/ports.ts';
import type { Post, Posts } from '../../src/slack/posts.ts';
import { alertKey, messageKey, type ShowParts, show } from '../../src/slack/shown.ts';
import { viewOf } from './fake-operations.ts';
import { type MemoryRecords, memoryRecords } from './memory-records.ts';

/** A channel that keeps what is posted, and fails when it is told to. */
interface FakeSlack extends Posts {
  readonly posted: (Post & { readonly ts: string })[];
  readonly edits: { readonly ts: string; readonly text: string; readonly at: number }[];
  /** The next calls throw these, after doing their work where `done` says so. */
  readonly failures: { readonly error: Error; readonly done: boolean }[];
  canLook: boolean;
}

interface Bench {
  readonly slack: FakeSlack;
  readonly records: MemoryRecords;
  readonly parts: ShowParts;
  readonly clock: { now: number };
}

function bench(): Bench {
  const clock = { now: 1_000_000 };
  const records = memoryRecords();
  const failures: FakeSlack['failures'] = [];
  const posted: FakeSlack['posted'] = [];
  const edits: FakeSlack['edits'] = [];
  const failing = (work: () => void) => {
    const failure = failures.shift();
    if (!failure || failure.done) work();
    if (failure) throw failure.error;
  };
  const slack: FakeSlack = {
    posted,
    edits,
    failures,
    canLook: true,
    async post(post) {
      const ts = `ts-${posted.length + 1}`;
      failing(() => posted.push({ ...post, ts }));
      return ts;
    },
    async edit({ ts }, { text }) {
      failing(() => edits.push({ ts, text, at: clock.now }));
    },
    async find(key) {
      if (!slack.canLook) return 'cannot look';
      return posted.find((post) => post.key === key)?.ts;
    },
  };
  const parts = { records, posts: slack, pace: paceOf(), now: () => clock.now };
  return { slack, records, parts, clock };
}

/** The same channel and store after the bot was started again. */
const restarted = ({ parts }: Bench): ShowParts => ({ ...parts, pace: paceOf() });

const copying = (percent: number, changes: Partial<OperationView> = {}): OperationView =>
  viewOf({
    progress: {
      bytesDone: percent * 1000,
      bytesTotal: 100_000,
      bytesPerSecond: 1,
      round: 0,
      etaSeconds: 1,
    },
    ...changes,
  });
const alert: Alert = {
  key: 'stuck/1',
  operation: 'm1',
  cause: { code: 'memory', facts: {} },
  home: 'source',
  offers: ['retry'],
};
const migrated = viewOf({ state: { kind: 'migrated', step: 'x' } });
const cut = new Problem('slack-call-failed', { method: 'chat.postMessage', error: 'cut' });

describe('an operation in the channel', () => {
  it('is posted once and then edited in place', async () => {
    const { slack, parts, clock } = bench();
    await show(copying(1), parts);
    clock.now += 60_000;
    await show(copying(50), parts);
    expect(slack.posted).toHaveLength(1);
    expect(slack.edits).toMatchObject([{ ts: 'ts-1', text: expect.stringContaining('50 %') }]);
  });

  it('costs no call while it does not change', async () => {
    const { slack, parts, clock } = bench();
    for (let look = 0; look < 5; look += 1) {
      await show(copying(7), parts);
      clock.now += 60_000;
    }
    expect([slack.posted.length, slack.edits.length]).toEqual([1, 0]);
  });

  it('is not posted again after a restart, and goes on', async () => {
    const b = bench();
    await show(copying(7), b.parts);
    await show(copying(7), restarted(b));
    await show(copying(8), restarted(b));
    expect([b.slack.posted.length, b.slack.edits.length]).toEqual([1, 1]);
  });

  it('shows changes of state at once, progress at its pace', async () => {
    const { slack, parts } = bench();
    await show(copying(1), parts);
    await show(copying(2), parts);
    await show(copying(3), parts);
    await show(copying(3, { state: { kind: 'asking', step: 'catchUp' } }), parts);
    await show(migrated, parts);
    expect(slack.edits).toHaveLength(3);
    expect(slack.edits.at(-1)?.text).toContain('Done: dc02 runs on hv-b');
  });

  it('is finished when its end is shown, but not while a clean-up is pending', async () => {
    const { parts } = bench();
    const state = { kind: 'rolled back', step: 'x', cleanUpPending: 'hv-b' } as const;
    expect(await show(copying(1), parts)).toBe('open');
    expect(await show(viewOf({ state }), parts)).toBe('open');
    expect(await show(viewOf({ state: { kind: 'rolled back', step: 'x' } }), parts)).toBe(
      'finished',
    );
  });

  it('is not posted when it ended long before this bot looked', async () => {
    const { slack, parts, clock } = bench();
    clock.now = 30 * 3_600_000;
    expect(await show({ ...migrated, times: { openedAt: 0, closedAt: 1 } }, parts)).toBe(
      'finished',
    );
    expect(slack.posted).toEqual([]);
  });

  it('has a bounded number of calls, however long it takes', async () => {
    const { slack, parts, clock } = bench();
    const seconds = 24 * 3600;
    for (let second = 0; second < seconds; second += 60) {
      clock.now += 60_000;
      await show(copying((second / seconds) * 100), parts);
    }
    expect(slack.edits.length).toBeLessThanOrEqual(100);
    expect(slack.edits.length).toBeGreaterThan(90);
  });

  it('is edited at most every 3 s, and more and more seldom', async () => {
    const { slack, parts, clock } = bench();
    for (let percent = 0; percent < 100; percent += 0.25) {
      clock.now += 1000;
      await show(copying(percent), parts);
    }
    const gaps = slack.edits.slice(1).map(({ at }, index) => at - (slack.edits[index]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(PACE.firstDelayMs);
    expect(gaps.at(-1)).toBeGreaterThanOrEqual(PACE.delayMsMax);
  });

  it('lets progress wait when Slack asks to, and still shows the end', async () => {
    const { slack, parts, clock } = bench();
    await show(copying(1), parts);
    slack.failures.push({
      error: new Problem('slack-rate-limited', { method: 'chat.update', waitSeconds: 30 }),
      done: false,
    });
    await show(copying(2), parts);
    clock.now += 20_000;
    await show(copying(3), parts);
    expect(slack.edits).toHaveLength(0);
    await show(migrated, parts);
    expect(slack.edits.at(-1)?.text).toContain('Done');
  });

  it('is posted anew when someone deleted its message', async () => {
    const { slack, parts } = bench();
    await show(copying(1), parts);
    slack.failures.push({ error: new Problem('slack-message-gone', {}), done: false });
    await expect(show(migrated, parts)).rejects.toThrow('slack-message-gone');
    await show(migrated, parts);
    expect(slack.posted).toHaveLength(2);
  });
});

describe('an alert', () => {
  const stuck = viewOf({ state: { kind: 'needs a person', step: 'x' }, alerts: [alert] });

  it('is one new message in the thread, also after a restart', async () => {
    const b = bench();
    b.slack.canLook = false;
    await show(stuck, b.parts);
    await show(stuck, b.parts);
    await show(stuck, restarted(b));
    const inThread = b.slack.posted.filter(({ place }) => place.threadTs === 'ts-1');
    expect(inThread.map(({ key }) => key)).toEqual([alertKey(alert)]);
  });

  it('is posted again when Slack certainly refused it', async () => {
    const { slack, parts } = bench();
    slack.canLook = false;
    await show(copying(1), parts);
    slack.failures.push({ error: new Problem('slack-channel-refused', {}), done: false });
    // The message's own edit comes first.
    await show(viewOf({ state: stuck.state }), {
      ...parts,
      posts: { ...slack, edit: async () => {} },
    });
    await expect(show(stuck, parts)).rejects.toThrow('slack-channel-refused');
    await show(stuck, parts);
    expect(slack.posted).toHaveLength(2);
    expect(slack.posted[1]?.maybeRepeated).toBe(false);
  });

  it('is posted although the edit of the message is refused', async () => {
    const { slack, parts } = bench();
    await show(copying(1), parts);
    slack.failures.push({
      error: new Problem('slack-rate-limited', { waitSeconds: 9 }),
      done: false,
    });
    await expect(show(stuck, parts)).rejects.toThrow('slack-rate-limited');
    expect(slack.posted.map(({ key }) => key)).toContain(alertKey(alert));
  });

  it('is not posted twice when the answer to its post was lost', async () => {
    const b = bench();
    await show(viewOf({ state: stuck.state }), b.parts);
    b.slack.failures.push({ error: cut, done: true });
    await expect(show(stuck, b.parts)).rejects.toThrow('slack-call-failed');
    await show(stuck, restarted(b));
    await show(stuck, restarted(b));
    expect(b.slack.posted).toHaveLength(2);
  });

  it('is rather posted twice than never where the bot may not look, and says so', async () => {
    const b = bench();
    b.slack.canLook = false;
    await show(viewOf({ state: stuck.state }), b.parts);
    b.slack.failures.push({ error: cut, done: true });
    await expect(show(stuck, b.parts)).rejects.toThrow('slack-call-failed');
    await show(stuck, restarted(b));
    expect(b.slack.posted.map(({ maybeRepeated }) => maybeRepeated)).toEqual([false, false, true]);
  });

  it('is posted when the bot died before its post', async () => {
    const b = bench();
    await show(viewOf({ state: stuck.state }), b.parts);
    b.slack.failures.push({ error: cut, done: false });
    await expect(show(stuck, b.parts)).rejects.toThrow('slack-call-failed');
    await show(stuck, restarted(b));
    expect(b.slack.posted).toHaveLength(2);
  });
});

describe('a message found after its post was cut', () => {
  it('is edited to what it should show', async () => {
    const b = bench();
    b.slack.failures.push({ error: cut, done: true });
    await expect(show(copying(1), b.parts)).rejects.toThrow('slack-call-failed');
    await show(migrated, restarted(b));
    expect(b.slack.posted).toHaveLength(1);
    expect(b.slack.edits.at(-1)?.text).toContain('Done');
    expect(await b.records.get(messageKey('m1'))).toMatchObject({ ts: 'ts-1' });
  });
});

describe('the budget of the workspace', () => {
  it('bounds progress edits of all messages together, and never a change of state', async () => {
    const { slack, parts, clock } = bench();
    const operations = Array.from({ length: 45 }, (_, index) => `m${index}`);
    for (const operation of operations) await show(copying(1, { operation }), parts);
    const start = clock.now;
    for (let second = 0; second < 20; second += 1) {
      clock.now = start + second * 1000;
      for (const operation of operations) await show(copying(second, { operation }), parts);
    }
    expect(slack.edits).toHaveLength(PACE.editsPerMinute);
    await show({ ...migrated, operation: 'm44' }, parts);
    expect(slack.edits.at(-1)?.text).toContain('Done');
  });
});
