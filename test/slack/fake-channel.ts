/** A channel in memory that keeps what is posted and edited, and fails when it is told to. */

import { Problem } from '../../src/domain/problem.ts';
import type { NoticeParts } from '../../src/slack/notices.ts';
import type { MigrationView, OperationView } from '../../src/slack/operation-view.ts';
import { paceOf } from '../../src/slack/pace.ts';
import type { Place, Post, Posts, TextFile } from '../../src/slack/posts.ts';
import { english } from '../../src/texts/words.ts';
import { fakeOperations, viewOf } from './fake-operations.ts';
import { type MemoryRecords, memoryRecords } from './memory-records.ts';

export interface FakeChannel extends Posts {
  readonly posted: (Post & { readonly ts: string })[];
  readonly edits: { readonly ts: string; readonly text: string; readonly at: number }[];
  readonly files: (TextFile & { readonly place: Place })[];
  /** The next calls throw these, after doing their work where `done` says so. */
  readonly failures: { readonly error: Error; readonly done: boolean }[];
  /** What somebody deleted. */
  readonly deleted: Set<string>;
  /** Where the bot is not. */
  readonly closed: Set<string>;
  canLook: boolean;
}

export interface ChannelBench {
  readonly slack: FakeChannel;
  readonly records: MemoryRecords;
  readonly parts: NoticeParts;
  readonly clock: { now: number };
  readonly logged: string[];
}

export const cut = new Problem('slack-call-failed', { method: 'chat.postMessage', error: 'cut' });
export const gone = new Problem('slack-message-gone', {});

export function channelBench(): ChannelBench {
  const clock = { now: 1_000_000 };
  const records = memoryRecords();
  const logged: string[] = [];
  const slack = fakeChannel(clock);
  const parts: NoticeParts = {
    records,
    posts: slack,
    progress: slack,
    pace: paceOf(),
    words: english,
    home: 'C-MIGRATIONS',
    operators: ['S-OPERATORS'],
    operations: fakeOperations(),
    log: (event, facts) => logged.push(`${event} ${JSON.stringify(facts)}`),
    now: () => clock.now,
  };
  return { slack, records, parts, clock, logged };
}

function fakeChannel(clock: { now: number }): FakeChannel {
  const failures: FakeChannel['failures'] = [];
  const posted: FakeChannel['posted'] = [];
  const failing = (work: () => void) => {
    const failure = failures.shift();
    if (!failure || failure.done) work();
    if (failure) throw failure.error;
  };
  const slack: FakeChannel = {
    posted,
    edits: [],
    files: [],
    failures,
    deleted: new Set(),
    closed: new Set(),
    canLook: true,
    async post(post) {
      const ts = `ts-${posted.length + 1}`;
      const { channel, threadTs = '' } = post.place;
      if (slack.closed.has(channel)) throw new Problem('slack-channel-refused', { channel });
      if (slack.deleted.has(threadTs)) throw gone;
      failing(() => posted.push({ ...post, ts }));
      return ts;
    },
    async edit({ ts }, { text }) {
      if (slack.deleted.has(ts)) throw gone;
      failing(() => slack.edits.push({ ts, text, at: clock.now }));
    },
    async find(key, { channel }) {
      if (slack.closed.has(channel)) throw new Problem('slack-channel-refused', { channel });
      if (!slack.canLook) return 'cannot look';
      return posted.find((post) => post.key === key)?.ts;
    },
    async upload(place, file) {
      failing(() => slack.files.push({ ...file, place }));
    },
  };
  return slack;
}

/** The same channel and store after the bot was started again. */
export const restarted = ({ parts }: ChannelBench): NoticeParts => ({ ...parts, pace: paceOf() });

export const copying = (percent: number, changes: Partial<MigrationView> = {}): OperationView =>
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
