import { describe, expect, it } from '@jest/globals';
import type { Alert } from '../../src/domain/alert.ts';
import { Problem } from '../../src/domain/problem.ts';
import { alertKey, type NoticeParts, showNotices } from '../../src/slack/notices.ts';
import type { OperationView } from '../../src/slack/operation-view.ts';
import { showMessage } from '../../src/slack/shown.ts';
import { type ChannelBench, channelBench, cut, restarted } from './fake-channel.ts';
import { viewOf } from './fake-operations.ts';

const MINUTE_MS = 60_000;
const raised: Alert = {
  key: 'stuck/1',
  operation: 'm1',
  cause: { code: 'memory', facts: { vm: 'dc02', host: 'hv-b', bytesMissing: 1 } },
  home: 'source',
  offers: ['retry'],
  raisedAt: 1_000_000,
};

/** Its message stands in the channel; then it gets stuck. */
async function begun(): Promise<ChannelBench> {
  const bench = channelBench();
  await showMessage(viewOf(), bench.parts);
  return bench;
}

const stuck = (bench: ChannelBench, changes: Partial<Alert> = {}): OperationView =>
  viewOf({
    state: { kind: 'needs a person', step: 'x' },
    alerts: [{ ...raised, ...changes }],
    times: { openedAt: 0, lookedAt: bench.clock.now },
  });

const show = (bench: ChannelBench, changes: Partial<Alert> = {}, parts?: NoticeParts) =>
  showNotices(stuck(bench, changes), parts ?? bench.parts);
const textsOf = ({ slack }: ChannelBench): string[] =>
  slack.posted.slice(1).map(({ message }) => message.text);

describe('an alert', () => {
  it('is one new message in the thread and in the channel, also after a restart', async () => {
    const b = await begun();
    b.slack.canLook = false;
    for (const parts of [b.parts, b.parts, restarted(b)]) await show(b, {}, parts);
    expect(b.slack.posted.slice(1)).toMatchObject([
      { key: alertKey(raised), place: { threadTs: 'ts-1' }, broadcast: true, maybeRepeated: false },
    ]);
    expect(b.slack.edits).toEqual([]);
  });

  it('is posted again when Slack certainly refused it', async () => {
    const b = await begun();
    b.slack.failures.push({ error: new Problem('slack-away', {}), done: false });
    await expect(show(b)).rejects.toThrow('slack-away');
    await show(b);
    expect(b.slack.posted).toHaveLength(2);
    expect(b.slack.posted[1]?.maybeRepeated).toBe(false);
  });

  it('is one message when the answer to its post was lost', async () => {
    const b = await begun();
    b.slack.failures.push({ error: cut, done: true });
    await expect(show(b)).rejects.toThrow('slack-call-failed');
    await show(b, {}, restarted(b));
    await show(b, {}, restarted(b));
    expect(textsOf(b)).toHaveLength(1);
  });

  it('is repeated once, and says so, where the bot may not look', async () => {
    const b = await begun();
    b.slack.canLook = false;
    b.slack.failures.push({ error: cut, done: true }, { error: cut, done: true });
    await expect(show(b)).rejects.toThrow('slack-call-failed');
    await expect(show(b)).rejects.toThrow('slack-call-failed');
    for (let look = 0; look < 5; look += 1) {
      b.clock.now += MINUTE_MS;
      expect(await show(b, {}, restarted(b))).toBe('pending');
    }
    expect(b.slack.posted.slice(1).map((one) => one.maybeRepeated)).toEqual([false, true]);
    b.clock.now += 10 * MINUTE_MS;
    await show(b);
    expect(textsOf(b)).toHaveLength(3);
  });

  it('says that it comes late when Slack was away as it arose, and keeps saying so', async () => {
    const b = await begun();
    b.slack.failures.push({ error: new Problem('slack-away', {}), done: false });
    await expect(show(b)).rejects.toThrow('slack-away');
    b.clock.now += MINUTE_MS;
    await show(b);
    expect(textsOf(b)[0]).toContain('late: raised at <!date^1000^');
    await show(b, { heard: { by: 'U1', at: b.clock.now } }, restarted(b));
    expect(b.slack.edits.at(-1)?.text).toContain('late: raised at');
  });

  it('does not wait for a message that cannot be posted, and then needs no thread', async () => {
    const b = channelBench();
    await show(b);
    expect(b.slack.posted).toEqual([]);
    b.clock.now += 20_000;
    await show(b);
    expect(b.slack.posted).toMatchObject([{ place: { channel: 'C-MIGRATIONS' } }]);
  });

  it('goes to the default channel when the bot was removed from its own', async () => {
    const b = channelBench();
    await showMessage(viewOf({ channel: 'C-OFFICE' }), b.parts);
    b.slack.closed.add('C-OFFICE');
    await showNotices({ ...stuck(b), channel: 'C-OFFICE' }, b.parts);
    expect(b.slack.posted[1]?.place).toEqual({ channel: 'C-MIGRATIONS' });
  });

  it('begins the thread anew when somebody deleted its first message', async () => {
    const b = await begun();
    b.slack.deleted.add('ts-1');
    expect(await show(b)).toBe('pending');
    await showMessage(stuck(b), b.parts);
    await show(b);
    expect(b.slack.posted.map(({ place }) => place.threadTs)).toEqual([
      undefined,
      undefined,
      'ts-2',
    ]);
  });

  it('is posted anew once when somebody deletes it while it stands', async () => {
    const b = await begun();
    await show(b);
    b.slack.deleted.add('ts-2');
    expect(await show(b, { home: 'nowhere' })).toBe('pending');
    await show(b, { home: 'nowhere' });
    b.slack.deleted.add('ts-3');
    await show(b, { home: 'unknown' });
    await show(b, { home: 'unknown' });
    expect(textsOf(b)).toHaveLength(2);
  });
});

describe('reminders', () => {
  it('come after 15 minutes, 1 hour and 4 hours, each once, also after restarts', async () => {
    const b = await begun();
    b.slack.canLook = false;
    for (let minute = 0; minute <= 24 * 60; minute += 5) {
      b.clock.now = raised.raisedAt + minute * MINUTE_MS;
      await show(b, {}, restarted(b));
    }
    const [, ...reminders] = b.slack.posted.slice(1);
    expect(reminders.map(({ message }) => message.text.slice(0, 13))).toEqual([
      'Reminder 1 of',
      'Reminder 2 of',
      'Reminder 3 of',
    ]);
    expect(reminders.every(({ place }) => place.threadTs === 'ts-1')).toBe(true);
    expect(JSON.stringify(reminders[0]?.message.blocks)).toContain('<!subteam^S-OPERATORS>');
  });

  it('are one when the bot was away for hours', async () => {
    const b = await begun();
    await show(b);
    b.clock.now += 5 * 60 * MINUTE_MS;
    await show(b, {}, restarted(b));
    await show(b, {}, restarted(b));
    expect(textsOf(b).slice(1)).toMatchObject([expect.stringContaining('Reminder 3 of 3')]);
  });

  it('do not follow once somebody acknowledged, and the message says who', async () => {
    const b = await begun();
    await show(b);
    const heard = { by: 'U-APPROVER', at: b.clock.now };
    b.clock.now += 5 * 60 * MINUTE_MS;
    await show(b, { heard });
    expect(textsOf(b)).toHaveLength(1);
    expect(b.slack.edits).toHaveLength(1);
  });

  it('begin anew when it was tried again and failed in the same way', async () => {
    const b = await begun();
    await show(b);
    b.clock.now += 20 * MINUTE_MS;
    const failedAgainAt = b.clock.now;
    await show(b, { failedAgainAt });
    b.clock.now += 16 * MINUTE_MS;
    await show(b, { failedAgainAt });
    expect(textsOf(b).slice(1)).toMatchObject([
      expect.stringContaining('failed in the same way'),
      expect.stringContaining('Reminder 1 of 3'),
    ]);
  });
});

describe('an alert that is mended', () => {
  const mend = (b: ChannelBench, changes: Partial<Alert> = {}) =>
    showNotices(
      {
        ...stuck(b, { mendedAt: b.clock.now, home: 'target', offers: [], ...changes }),
        state: { kind: 'migrated', step: 'x' },
      },
      b.parts,
    );

  it('is edited, and posts nothing when nobody was called again', async () => {
    const b = await begun();
    await show(b);
    expect(await mend(b)).toBe('finished');
    expect(b.slack.edits.at(-1)?.text).toMatch(/Mended at .*dc02 is on hv-b/);
    expect(textsOf(b)).toHaveLength(1);
  });

  it('tells so those who were reminded', async () => {
    const b = await begun();
    await show(b);
    b.clock.now += 16 * MINUTE_MS;
    await show(b);
    await mend(b);
    await mend(b);
    expect(textsOf(b).at(-1)).toMatch(/^Mended at .*dc02 is on hv-b/);
    expect(textsOf(b)).toHaveLength(3);
  });

  it('tells so the one who acknowledged it', async () => {
    const b = await begun();
    await show(b);
    await mend(b, { heard: { by: 'U-APPROVER', at: b.clock.now } });
    expect(textsOf(b).at(-1)).toMatch(/^Mended at/);
    expect(JSON.stringify(b.slack.posted.at(-1)?.message.blocks)).toContain('<@U-APPROVER>');
  });

  it('is still posted when Slack was away all the while', async () => {
    const b = await begun();
    b.clock.now += 5 * MINUTE_MS;
    expect(await mend(b)).toBe('finished');
    expect(textsOf(b)).toMatchObject([expect.stringMatching(/late: raised at .*Mended at/)]);
  });
});

describe('what the bot knows about an operation that needs a person', () => {
  it('is a file below the alert, once', async () => {
    const b = await begun();
    await show(b);
    await show(b, {}, restarted(b));
    expect(b.slack.files).toEqual([
      expect.objectContaining({ name: 'm1.txt', text: 'The journal of m1\n' }),
    ]);
    expect(b.slack.files[0]?.place.threadTs).toBe('ts-1');
  });

  it('hides no alert when it cannot be uploaded, and is tried a bounded number of times', async () => {
    const b = await begun();
    let tries = 0;
    const upload = async () => {
      tries += 1;
      throw new Problem('slack-call-refused', { method: 'files.x', error: 'missing_scope' });
    };
    const parts = { ...b.parts, posts: { ...b.slack, upload } };
    for (let minute = 0; minute < 10; minute += 1) {
      b.clock.now += MINUTE_MS;
      expect(await show(b, {}, parts)).toBe('open');
    }
    expect(textsOf(b)).toHaveLength(1);
    expect(tries).toBe(3);
    expect(b.logged[0]).toContain('missing_scope');
  });

  it('is not sent a second time when it may be there', async () => {
    const b = await begun();
    await show(b, {}, { ...b.parts, posts: { ...b.slack, upload: () => Promise.reject(cut) } });
    b.clock.now += 5 * MINUTE_MS;
    await show(b);
    expect(b.slack.files).toEqual([]);
  });
});
