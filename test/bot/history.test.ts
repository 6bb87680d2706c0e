import { mkdir } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { openAudit } from '../../src/bot/audit.ts';
import { exportAudit } from '../../src/bot/export-audit.ts';
import { historyOf, type Past } from '../../src/bot/history.ts';
import type { AuditWish, Decision } from '../../src/slack/ports.ts';
import { HISTORY_OPERATIONS_MAX } from '../../src/slack/rows.ts';
import { done, failed, stepsBefore } from './stories.ts';
import { newWorld, world } from './world-of-test.ts';

beforeEach(() => newWorld());

/** One that was asked for, and is over. */
async function rolledBack(): Promise<string> {
  const operation = await world.opened();
  const why = { code: 'cancelled', facts: { by: 'U9' } };
  await world.write(operation, [['bot', { kind: 'cancelled', by: 'U9' }]]);
  await world.write(operation, [['bot', { kind: 'settled', home: 'source' }]], {
    release: [`vm:${(await planOf(operation)).vm.id}`],
  });
  await world.write(operation, [['bot', { kind: 'closed', outcome: 'rolled back' }]]);
  expect((await world.operations.view(operation))?.state.why).toEqual(why);
  return operation;
}

async function planOf(operation: string) {
  const view = await world.operations.view(operation);
  if (!view) throw new Error(`No ${operation}`);
  return view.plan;
}

/** The same, with what it reads. */
function counting(): { past: Past; reads: string[] } {
  const reads: string[] = [];
  const { journal, memory } = world.options;
  const read = (operation: string) => {
    reads.push(`store ${operation}`);
    return journal.read(operation);
  };
  const seen = (operation: string) => {
    reads.push(`memory ${operation}`);
    return memory.seen(operation);
  };
  const past = { ...world.options, journal: { ...journal, read }, memory: { ...memory, seen } };
  return { past, reads };
}

describe('the history', () => {
  it('has each operation, newest first, with who asked, who approved and how it ended', async () => {
    const first = await rolledBack();
    const second = await world.opened();
    const { planHash = '' } = (await world.operations.view(second)) ?? {};
    await world.write(second, stepsBefore('catchUp', planHash));
    await world.operations.approve(second, { user: 'U1', planHash });
    const rows = await world.operations.history();
    expect(rows.map(({ operation, outcome }) => [operation, outcome])).toEqual([
      [second, 'open'],
      [first, 'rolled back'],
    ]);
    const route = { kind: 'migration', vm: 'dc02', source: 'hv-a', target: 'hv-b' };
    expect(rows[0]).toMatchObject({ ...route, requestedBy: 'UASKS', approvedBy: ['U1'] });
    expect(rows[1]).toMatchObject({ ...route, approvedBy: [], why: { code: 'cancelled' } });
    expect(rows[1]?.closedAt).toBeGreaterThanOrEqual(rows[1]?.openedAt ?? Number.NaN);
  });

  it('of one VM has its operations alone, without regard to case', async () => {
    await world.opened();
    expect(await world.operations.history('DC02')).toHaveLength(1);
    expect(await world.operations.history('sql1')).toEqual([]);
  });

  it('reads what is closed once, from its own memory, and what is open each time', async () => {
    const closed = [await rolledBack(), await rolledBack()];
    const open = await world.opened();
    const { past, reads } = counting();
    const history = historyOf(past);
    expect(await history()).toHaveLength(3);
    const once = [...closed, open].map((operation) => `memory ${operation}`);
    expect(reads.toSorted()).toEqual([...once, `store ${open}`].toSorted());
    reads.length = 0;
    expect(await history()).toHaveLength(3);
    expect(await history('dc02')).toHaveLength(3);
    const again = [`memory ${open}`, `store ${open}`];
    expect(reads).toEqual([...again, ...again]);
  });

  it('keeps what a store forgot and the bot saw, and is not hidden by one bad journal', async () => {
    const first = await rolledBack();
    const second = await world.opened();
    await world.operations.view(second);
    const { journal } = world.options;
    const forgetful = {
      ...world.options,
      store: { ...world.options.store, list: async () => [first] },
      journal: {
        ...journal,
        read: async (operation: string) =>
          operation === second ? [] : await journal.read(operation),
      },
    };
    const names = async (past: Past) => (await historyOf(past)()).map(({ operation }) => operation);
    expect(await names(forgetful)).toEqual([second, first]);
    const forging = {
      ...world.options,
      memory: { operations: async () => [], seen: async () => [] },
      journal: {
        ...journal,
        read: async (operation: string) =>
          (await journal.read(operation)).map((entry) =>
            operation === second ? { ...entry, signature: '' } : entry,
          ),
      },
    };
    expect(await names(forging)).toEqual([first]);
  });
});

describe('the export', () => {
  const decision: Decision = {
    user: 'U1',
    channel: 'C1',
    how: 'command',
    what: 'status',
    outcome: 'done',
  };

  async function exported(wish: AuditWish = {}, past: Past = world.options) {
    const lines: Record<string, unknown>[] = [];
    for await (const line of exportAudit(past, `${world.directory}/audit`, wish)) {
      lines.push(JSON.parse(line));
    }
    return lines.map(({ source, kind, what, user, operation, problem }) =>
      [source, kind, what, user, operation, (problem as { code?: string })?.code]
        .filter((one) => one !== undefined)
        .join(' '),
    );
  }

  /** An audit whose lines are written at these times, milliseconds since 1970. */
  async function record(at: number, some: Partial<Decision>): Promise<void> {
    await mkdir(`${world.directory}/audit`, { recursive: true });
    await openAudit(`${world.directory}/audit`, { now: () => at }).record({ ...decision, ...some });
  }

  it('joins what people did and what journals say, in the order of their times', async () => {
    const operation = await world.opened();
    const { times } = (await world.operations.view(operation)) ?? {};
    const at = times?.openedAt ?? 0;
    await record(at - 1000, { what: 'migrate', text: 'dc02 to hv-b' });
    await record(at + 3_600_000, { what: 'approve', how: 'click', operation, user: 'U2' });
    const why = { code: 'guest-will-not-stop', facts: { vm: 'dc02', seconds: 300 } };
    await world.write(operation, [
      ...done('reserveTarget'),
      ...failed('trackChanges', 'unknown', why),
    ]);
    expect(await exported()).toEqual([
      'audit decision migrate U1',
      `journal opened ${operation}`,
      `journal failed ${operation} guest-will-not-stop`,
      `audit decision approve U2 ${operation}`,
    ]);
    expect(await exported({ since: at + 1_000_000 })).toEqual([
      `audit decision approve U2 ${operation}`,
    ]);
  });

  it('of one VM, or for one channel, has nothing of others', async () => {
    const operation = await world.opened();
    await record(1000, { what: 'status', text: 'status sql1' });
    await record(2000, { what: 'status', text: 'status DC02', channel: 'C2' });
    await record(3000, { what: 'cancel', operation });
    const ofVm = ['audit decision status U1', `audit decision cancel U1 ${operation}`];
    expect(await exported({ vm: 'dc02' })).toEqual([...ofVm, `journal opened ${operation}`]);
    const from = (channel: string, ...hosts: string[]) => ({ from: { channel, hosts } });
    expect(await exported(from('C2', 'hv-c'))).toEqual(['audit decision status U1']);
    expect(await exported(from('C1', 'HV-A', 'hv-b'))).toEqual([
      'audit decision status U1',
      `audit decision cancel U1 ${operation}`,
      `journal opened ${operation}`,
    ]);
  });

  it('begins with how far it looked back where there are older operations', async () => {
    const operation = await world.opened();
    const names = Array.from({ length: HISTORY_OPERATIONS_MAX }, (_, at) => `m${at + 1000}`);
    const { journal, store } = world.options;
    const past = (list: readonly string[]): Past => ({
      store: { ...store, list: async (max) => list.slice(0, max) },
      memory: { operations: async () => [], seen: async () => [] },
      journal: { ...journal, read: async () => await journal.read(operation) },
    });
    const all = await exported({}, past([...names].slice(1).concat(operation)));
    expect(all[0]).not.toContain('history-cut');
    const [first, ...rest] = await exported({}, past([...names, operation]));
    expect(first).toBe('journal history-cut');
    expect(rest).toHaveLength(HISTORY_OPERATIONS_MAX);
    expect(rest.join()).not.toContain('history-cut');
  });

  it('names a journal that cannot be believed instead of hiding it', async () => {
    const operation = await world.opened();
    await record(1000, {});
    const { journal } = world.options;
    const past: Past = {
      ...world.options,
      memory: { operations: async () => [], seen: async () => [] },
      journal: {
        ...journal,
        read: async (one) =>
          (await journal.read(one)).map((entry) => ({ ...entry, signature: '' })),
      },
    };
    expect((await exported({}, past)).at(-1)).toBe(`journal ${operation} journal-forged-signature`);
  });
});
