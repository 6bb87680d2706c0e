import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../src/domain/problem.ts';
import { tellExpiries } from '../../src/slack/expiries.ts';
import { messageKey } from '../../src/slack/message-record.ts';
import type { CopyRow } from '../../src/slack/rows.ts';
import { english, wordsIn } from '../../src/texts/words.ts';
import { channelBench } from './fake-channel.ts';

const DAY_MS = 86_400_000;
const NOW = 2_000_000_000_000;
const row = (changes: Partial<CopyRow> = {}): CopyRow => ({
  vm: { id: 'd5b1', name: 'dc02' },
  host: 'hv-a',
  operation: 'm1',
  kind: 'left behind',
  committedAt: NOW - 11 * DAY_MS,
  bytes: 40 * 1024 ** 3,
  keptUntil: NOW + 3 * DAY_MS,
  inUse: false,
  ...changes,
});

function bench(...rows: CopyRow[]) {
  const { slack, records, parts } = channelBench();
  const tell = (now = NOW, words = english, stopping = new AbortController().signal) =>
    tellExpiries(
      {
        operations: { copies: async () => rows },
        records,
        posts: slack,
        words,
        home: 'C-MIGRATIONS',
        log: parts.log,
        now: () => now,
      },
      stopping,
    );
  return { slack, records, tell, posted: slack.posted };
}

describe('before a moved VM’s disks need not be kept any more', () => {
  it('people hear of it three days ahead, once, with what to type', async () => {
    const { tell, posted } = bench(row());
    await tell(NOW - 1000);
    expect(posted).toEqual([]);
    await tell();
    await tell(NOW + DAY_MS);
    await tell(NOW + 9 * DAY_MS);
    expect(posted).toHaveLength(1);
    const text = posted[0]?.message.text;
    expect(text).toContain('dc02 left on hv-a');
    expect(text).toContain('40.0 GiB');
    expect(text).toContain('<!date^2000259200^');
    expect(text).toContain('Nothing is deleted by itself.');
    expect(text).toContain('/migrate delete copy "dc02" on hv-a');
  });

  it('it stands in the thread of the move, and is shown in its channel', async () => {
    const { tell, posted, records } = bench(row());
    const shown = { channel: 'C-OFFICE', ts: 'ts-9', hash: '', state: '' };
    await records.put(messageKey('m1'), shown);
    await tell();
    expect(posted).toMatchObject([
      { place: { channel: 'C-OFFICE', threadTs: 'ts-9' }, broadcast: true },
    ]);
  });

  it('it stands in the bot’s own channel where that message is gone, or refuses it', async () => {
    const gone = bench(row());
    const shown = { channel: 'C-OFFICE', ts: 'ts-9', hash: '', state: '', isGone: true };
    await gone.records.put(messageKey('m1'), shown);
    await gone.tell();
    expect(gone.posted).toMatchObject([{ place: { channel: 'C-MIGRATIONS' } }]);
    const closed = bench(row());
    await closed.records.put(messageKey('m1'), { ...shown, isGone: undefined });
    closed.slack.closed.add('C-OFFICE');
    await closed.tell();
    expect(closed.posted).toMatchObject([{ place: { channel: 'C-MIGRATIONS' } }]);
  });

  it('each host and each move is told of, and what Slack did not take comes again', async () => {
    const { tell, posted, slack } = bench(row(), row({ host: 'hv-b' }), row({ operation: 'm2' }));
    slack.failures.push({ error: new Problem('slack-away', { method: 'x' }), done: false });
    await expect(tell()).rejects.toThrow('slack-away');
    await tell();
    expect(posted.map(({ key }) => key)).toEqual([
      'slack/expiry/m1/hv-a',
      'slack/expiry/m1/hv-b',
      'slack/expiry/m2/hv-a',
    ]);
  });

  it('nothing is said of what has no such time, is kept for none, or at the bot’s end', async () => {
    const { keptUntil: _, ...received } = row({ kind: 'received' });
    const { tell, posted } = bench(received, row({ keptUntil: NOW - 11 * DAY_MS }));
    await tell();
    const ending = bench(row());
    await ending.tell(NOW, english, AbortSignal.abort());
    expect([posted, ending.posted]).toEqual([[], []]);
  });

  it('it is said in Italian where the channel is', async () => {
    const { tell, posted } = bench(row());
    await tell(NOW, wordsIn('it'));
    expect(posted[0]?.message.text).toContain('Nulla viene eliminato da solo.');
  });
});
