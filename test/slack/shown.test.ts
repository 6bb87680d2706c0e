import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../src/domain/problem.ts';
import { messageKey } from '../../src/slack/message-record.ts';
import { PACE } from '../../src/slack/pace.ts';
import { showMessage as show } from '../../src/slack/shown.ts';
import { channelBench as bench, copying, cut, restarted } from './fake-channel.ts';
import { viewOf } from './fake-operations.ts';

const migrated = viewOf({ state: { kind: 'migrated', step: 'x' } });

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
    // The whole workspace waits, a change of state as well; it is not forgotten.
    expect(await show(migrated, parts)).toBe('pending');
    expect(slack.edits).toHaveLength(0);
    clock.now += 10_000;
    expect(await show(migrated, parts)).toBe('finished');
    expect(slack.edits.at(-1)?.text).toContain('Done');
  });

  it('is posted anew when somebody deleted it, once', async () => {
    const { slack, parts, records } = bench();
    await show(copying(1), parts);
    slack.deleted.add('ts-1');
    expect(await show(viewOf({ state: { kind: 'paused', step: 'x' } }), parts)).toBe('pending');
    await show(viewOf({ state: { kind: 'paused', step: 'x' } }), parts);
    expect(slack.posted).toHaveLength(2);
    slack.deleted.add('ts-2');
    await show(migrated, parts);
    expect(await show(migrated, parts)).toBe('finished');
    expect(slack.posted).toHaveLength(2);
    expect(await records.get(messageKey('m1'))).toMatchObject({ isGone: true });
  });

  it('goes to the default channel when the bot is not in its own, and says so', async () => {
    const { slack, parts } = bench();
    slack.closed.add('C-OFFICE');
    const view = copying(1, { channel: 'C-OFFICE' });
    await show(view, parts);
    await show({ ...migrated, channel: 'C-OFFICE' }, parts);
    expect(slack.posted.map(({ place }) => place.channel)).toEqual(['C-MIGRATIONS']);
    const shown = JSON.stringify(slack.posted[0]?.message.blocks);
    expect(shown).toContain('not in this channel');
    expect(shown).toContain('<#C-OFFICE>');
    expect(slack.edits.at(-1)?.ts).toBe('ts-1');
  });

  it('goes there also when the bot was removed after a post of unknown end', async () => {
    const { slack, parts } = bench();
    const view = copying(1, { channel: 'C-OFFICE' });
    slack.failures.push({ error: cut, done: false });
    await expect(show(view, parts)).rejects.toThrow('slack-call-failed');
    slack.closed.add('C-OFFICE');
    await show(view, parts);
    expect(slack.posted.map(({ place }) => place.channel)).toEqual(['C-MIGRATIONS']);
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
  const operations = Array.from({ length: 45 }, (_, index) => `m${index}`);

  it('bounds progress of all messages together, and leaves room for changes of state', async () => {
    const { slack, parts, clock } = bench();
    for (const operation of operations) await show(copying(1, { operation }), parts);
    const start = clock.now;
    for (let second = 0; second < 20; second += 1) {
      clock.now = start + second * 1000;
      for (const operation of operations) await show(copying(second, { operation }), parts);
    }
    expect(slack.edits).toHaveLength(PACE.progressPerMinute);
    await show({ ...migrated, operation: 'm44' }, parts);
    expect(slack.edits.at(-1)?.text).toContain('Done');
  });

  it('bounds changes of state as well, and shows every one of them in the end', async () => {
    const { slack, parts, clock } = bench();
    for (const operation of operations) await show(copying(1, { operation }), parts);
    const ends = () =>
      Promise.all(operations.map((operation) => show({ ...migrated, operation }, parts)));
    const first = await ends();
    expect(slack.edits).toHaveLength(PACE.editsPerMinute);
    expect(first.filter((shown) => shown === 'pending')).toHaveLength(5);
    clock.now += 60_000;
    expect(new Set(await ends())).toEqual(new Set(['finished']));
    expect(slack.edits).toHaveLength(operations.length);
  });
});
