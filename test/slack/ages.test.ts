import { describe, expect, it } from '@jest/globals';
import { tellAges } from '../../src/slack/ages.ts';
import { messageKey } from '../../src/slack/message-record.ts';
import type { AlignmentRow } from '../../src/slack/rows.ts';
import { english, wordsIn } from '../../src/texts/words.ts';
import { channelBench } from './fake-channel.ts';

const NOW = 2_000_000_000_000;
const MINUTE = 60_000;
const row = (changes: Partial<AlignmentRow> = {}): AlignmentRow => ({
  vm: { id: 'd5b1', name: 'dc02' },
  source: 'hv-a',
  target: 'hv-b',
  everySeconds: 900,
  channel: 'C-OFFICE',
  requestedBy: 'U1',
  orderedAt: NOW - 1000 * MINUTE,
  operation: 'm1',
  freshAt: NOW - 31 * MINUTE,
  ...changes,
});

function bench(first: AlignmentRow) {
  const { slack, records, parts } = channelBench();
  let rows: readonly AlignmentRow[] = [first];
  const tell = (now = NOW, words = english, stopping = new AbortController().signal) =>
    tellAges(
      {
        operations: { alignments: async () => rows },
        records,
        posts: slack,
        words,
        home: 'C-MIGRATIONS',
        operators: ['S-OPERATORS'],
        log: parts.log,
        now: () => now,
      },
      stopping,
    );
  const become = (changed: AlignmentRow) => {
    rows = [changed];
  };
  const texts = () => slack.posted.map(({ message }) => message.text);
  return { slack, records, tell, become, texts };
}

describe('a copy that grows older than promised', () => {
  it('is told once, with its age, why, and who must look', async () => {
    const problem = { code: 'host-away', facts: { host: 'hv-b' } };
    const { tell, texts } = bench(row({ problem }));
    await tell(NOW - 2 * MINUTE);
    expect(texts()).toEqual([]);
    await tell();
    await tell(NOW + 50 * MINUTE);
    expect(texts()).toHaveLength(1);
    const [text] = texts();
    expect(text).toContain('The copy of dc02 on hv-b is 31 min old');
    expect(text).toContain('renewed every 15 min');
    expect(text).toContain('Nothing is lost');
    expect(text).toContain(english.textOf(problem).text);
    expect(text).toContain('S-OPERATORS');
  });

  it('is told to be young again, and told anew the next time', async () => {
    const { tell, become, texts } = bench(row());
    await tell();
    become(row({ freshAt: NOW }));
    await tell(NOW + MINUTE);
    await tell(NOW + 2 * MINUTE);
    expect(texts()).toHaveLength(2);
    expect(texts()[1]).toContain('is fresh again');
    await tell(NOW + 40 * MINUTE);
    expect(texts()).toHaveLength(3);
    expect(texts()[2]).toContain('40 min old');
  });

  it('is told where there never was one, from the order on', async () => {
    const { freshAt: _, ...never } = row({ orderedAt: NOW - 31 * MINUTE });
    const { tell, texts } = bench(never);
    await tell(NOW - 2 * MINUTE);
    await tell();
    expect(texts()).toHaveLength(1);
    expect(texts()[0]).toContain('There is no copy of dc02 on hv-b yet');
  });

  it('stands in the thread of its operation, else in the channel of its order', async () => {
    const first = bench(row());
    const shown = { channel: 'C-OFFICE', ts: 'ts-9', hash: '', state: '' };
    await first.records.put(messageKey('m1'), shown);
    await first.tell();
    expect(first.slack.posted).toMatchObject([
      { place: { channel: 'C-OFFICE', threadTs: 'ts-9' }, broadcast: true },
    ]);
    const second = bench(row());
    await second.tell();
    expect(second.slack.posted).toMatchObject([{ place: { channel: 'C-OFFICE' } }]);
  });

  it('is told in the channel’s language, and not any more once the bot stops', async () => {
    const italian = bench(row());
    await italian.tell(NOW, wordsIn('it'));
    expect(italian.texts()[0]).toContain('La copia di dc02 su hv-b ha 31 min');
    const stopped = bench(row());
    const stopping = new AbortController();
    stopping.abort();
    await stopped.tell(NOW, english, stopping.signal);
    expect(stopped.texts()).toEqual([]);
  });
});
