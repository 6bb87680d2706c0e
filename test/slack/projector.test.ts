import { afterEach, describe, expect, it } from '@jest/globals';
import { Problem } from '../../src/domain/problem.ts';
import { PACE, type Pace, paceOf } from '../../src/slack/pace.ts';
import type { Posts } from '../../src/slack/posts.ts';
import { type Projector, startProjector } from '../../src/slack/projector.ts';
import { english } from '../../src/texts/words.ts';
import { until } from '../until.ts';
import { type FakeOperations, fakeOperations, OPERATOR } from './fake-operations.ts';
import { type MemoryRecords, memoryRecords } from './memory-records.ts';
import { alertOf } from './stage.ts';

const running: Projector[] = [];
afterEach(async () => {
  for (const projector of running.splice(0)) await projector.stop();
});

interface Bench {
  readonly operations: FakeOperations;
  readonly records: MemoryRecords;
  readonly posted: string[];
  readonly edited: string[];
  readonly logged: string[];
  start(posts?: Partial<Posts>, operations?: Partial<FakeOperations>, pace?: Pace): Projector;
}

function bench(): Bench {
  const operations = fakeOperations();
  const records = memoryRecords();
  const posted: string[] = [];
  const edited: string[] = [];
  const logged: string[] = [];
  const posts: Posts = {
    post: async ({ key }) => `${posted.push(key)}.0`,
    edit: async (_, { text }) => {
      edited.push(text);
    },
    find: async () => undefined,
    upload: async () => undefined,
  };
  return {
    operations,
    records,
    posted,
    edited,
    logged,
    start(other = {}, otherOperations = {}, pace = paceOf()) {
      const projector = startProjector({
        operations: { ...operations, ...otherOperations },
        records,
        posts: { ...posts, ...other },
        progress: { ...posts, ...other },
        home: 'C',
        operators: [],
        words: english,
        log: (event, facts) => logged.push(`${event} ${JSON.stringify(facts)}`),
        pace,
        lookEveryMs: 5,
      });
      running.push(projector);
      return projector;
    },
  };
}

const propose = (operations: FakeOperations, vm: string) =>
  operations.propose({ vm, target: 'hv-b', user: OPERATOR, channel: 'C' });
const end = (operations: FakeOperations, operation: string) =>
  operations.change(operation, { state: { kind: 'migrated', step: 'x' } });

describe('the projector', () => {
  it('shows what changes without being woken', async () => {
    const { operations, posted, edited, start } = bench();
    start();
    await propose(operations, 'dc02');
    await until(() => posted.length === 1);
    end(operations, 'm1');
    await until(() => edited.length === 1);
    expect(edited[0]).toContain('Done');
  });

  it('shows other operations although one fails, and logs why', async () => {
    const { operations, posted, logged, start } = bench();
    await propose(operations, 'dc02');
    await propose(operations, 'dc03');
    const view: FakeOperations['view'] = (operation) =>
      operation === 'm1' ? Promise.reject(new Error('damaged')) : operations.view(operation);
    start({}, { view });
    await until(() => posted.length === 1);
    expect(posted).toEqual(['slack/message/m2']);
    expect(logged[0]).toContain('"migration":"m1"');
    expect(logged[0]).toContain('damaged');
  });

  it('goes on when the store was away', async () => {
    const { operations, posted, logged, start } = bench();
    await propose(operations, 'dc02');
    let failures = 1;
    const changed: FakeOperations['changed'] = (cursor) =>
      failures-- > 0 ? Promise.reject(new Error('store away')) : operations.changed(cursor);
    start({}, { changed });
    await until(() => posted.length === 1);
    expect(logged[0]).toContain('store away');
  });

  it('waits longer after each failure, at least as long as Slack asks', async () => {
    const { operations, start } = bench();
    await propose(operations, 'dc02');
    let calls = 0;
    const post = async () => {
      calls += 1;
      throw new Problem('slack-rate-limited', { method: 'chat.postMessage', waitSeconds: 60 });
    };
    const projector = start({ post });
    await until(() => calls === 1);
    for (let times = 0; times < 20; times += 1) {
      projector.wake('m1');
      await operations.changed(0);
    }
    await projector.stop();
    expect(calls).toBe(1);
  });

  it('keeps its place only when all is shown, so that a restart misses no end', async () => {
    const { operations, records, posted, edited, start } = bench();
    const first = start();
    await propose(operations, 'dc02');
    await until(async () => (await records.get('slack/cursor')) === 1);
    await first.stop();
    await propose(operations, 'dc03');
    end(operations, 'm1');
    end(operations, 'm2');
    start();
    await until(() => posted.length === 2 && edited.length === 1);
    await until(async () => (await records.get('slack/cursor')) === 4);
  });

  it('does not keep its place while something could not be shown', async () => {
    const { operations, records, logged, start } = bench();
    await propose(operations, 'dc02');
    start({ post: () => Promise.reject(new Problem('slack-channel-refused', {})) });
    await until(() => logged.length > 0);
    expect(await records.get('slack/cursor')).toBeUndefined();
  });

  it('posts an alert although the edit of the same migration never ends', async () => {
    const { operations, posted, start } = bench();
    await propose(operations, 'dc02');
    let end = () => {};
    const edit = () => new Promise<void>((resolve) => (end = resolve));
    start({ edit });
    await until(() => posted.length === 1);
    operations.change('m1', { state: { kind: 'paused', step: 'x' } });
    operations.change('m1', { alerts: [alertOf('m1')] });
    await until(() => posted.length === 2);
    expect(posted[1]).toBe('slack/alert/m1/k');
    end();
  });

  it('shows all of many migrations in turn, also when each takes long', async () => {
    const { operations, records, posted, start } = bench();
    for (let vm = 1; vm <= 60; vm += 1) await propose(operations, `vm${vm}`);
    const post = async ({ key }: { key: string }) => {
      await new Promise((resolve) => setTimeout(resolve, 20));
      return `${posted.push(key)}.0`;
    };
    start({ post });
    await until(() => posted.length === 60);
    expect(new Set(posted).size).toBe(60);
    await until(async () => (await records.get('slack/cursor')) === 60);
  });

  it('does not keep its place while an end waits for its turn', async () => {
    const { operations, records, edited, start } = bench();
    let looks = 0;
    const changed: FakeOperations['changed'] = (cursor) => {
      looks += 1;
      return operations.changed(cursor);
    };
    const first = start({}, { changed }, paceOf({ ...PACE, editsPerMinute: 0 }));
    await propose(operations, 'dc02');
    await until(async () => (await records.get('slack/cursor')) === 1);
    end(operations, 'm1');
    const before = looks;
    await until(() => looks > before + 5);
    await first.stop();
    expect(await records.get('slack/cursor')).toBe(1);
    start();
    await until(() => edited.length === 1);
    expect(edited[0]).toContain('Done');
  });

  it('stops looking at what has ended', async () => {
    const { operations, records, start } = bench();
    const looks = { at: 0, turns: 0 };
    const view: FakeOperations['view'] = (operation) => {
      looks.at += 1;
      return operations.view(operation);
    };
    const changed: FakeOperations['changed'] = (cursor) => {
      looks.turns += 1;
      return operations.changed(cursor);
    };
    const projector = start({}, { view, changed });
    await propose(operations, 'dc02');
    end(operations, 'm1');
    projector.wake('m1');
    await until(async () => (await records.get('slack/cursor')) === 2);
    const { at, turns } = looks;
    await until(() => looks.turns > turns + 5);
    expect([at > 0, looks.at]).toEqual([true, at]);
  });
});
