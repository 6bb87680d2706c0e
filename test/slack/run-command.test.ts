import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../src/domain/problem.ts';
import type { Audience } from '../../src/slack/authority.ts';
import { GRAMMAR } from '../../src/slack/commands/grammar.ts';
import { answerTo } from '../../src/slack/commands/run-command.ts';
import { HISTORY_OPERATIONS_MAX } from '../../src/slack/rows.ts';
import { edgeOf } from './edge.ts';
import { APPROVER, OPERATOR, STRANGER, VIEWER } from './fake-operations.ts';
import { underWay } from './under-way.ts';

const from = (user: string) => ({ user, channel: 'C-MIGRATIONS' });

const ROLES: readonly (readonly [string, string, readonly Audience[]])[] = [
  ['an operator', OPERATOR, ['anyone', 'viewer', 'operator', 'operator or approver']],
  ['an approver', APPROVER, ['anyone', 'viewer', 'approver', 'operator or approver']],
  ['a viewer', VIEWER, ['anyone', 'viewer']],
  ['a stranger', STRANGER, ['anyone']],
];

/** What the example of each command comes to; `asked` is what the operations hear. */
const RESULTS: Readonly<Record<string, { says: string; asked?: string; woken?: true }>> = {
  ask: { says: 'What can be asked' },
  plan: { says: 'Plan for dc02 to hv-b', asked: 'preview dc02 hv-b' },
  status: { says: 'm1, Move dc02 from hv-a to hv-b' },
  hosts: { says: '500 GiB of 1000 GiB free on D:' },
  vms: { says: 'a copy on hv-b; m1 is under way' },
  history: { says: 'm0, dc02 from hv-a to hv-b', asked: 'history dc02' },
  cancel: { says: 'dc02 is being cancelled', asked: 'cancel dc02 U', woken: true },
  pause: { says: 'dc02 is being paused', asked: 'pause dc02 U', woken: true },
  resume: { says: 'dc02 goes on.', asked: 'resume dc02 U', woken: true },
  retry: { says: 'dc02 is tried again.', asked: 'retry dc02 U', woken: true },
  rollback: { says: 'dc02 is being rolled back.', asked: 'rollback dc02 U', woken: true },
  limit: { says: 'dc02 copies at most 47.7 MiB', asked: 'limit dc02 50000000 U', woken: true },
  copies: { says: 'dc02 on hv-b; 1 bytes' },
  align: { says: 'every 15 min from now on', asked: 'align dc02 hv-b 900 U', woken: true },
  unalign: { says: 'not kept aligned any more', asked: 'stop aligning dc02 U', woken: true },
  'what-if': { says: 'dc02: no copy: all of it would be lost', asked: 'what if hv-a' },
  scheduled: { says: 'Nothing waits for a time.' },
  window: {
    says: 'A cutover on hv-a begins from 22:00 to 05:00 (Europe/Rome) alone.',
    asked: 'window hv-a 22:00 05:00 daily Europe/Rome U',
  },
  drain: {
    says: 'd1; approve it in <#C-MIGRATIONS>',
    asked: 'drain hv-a hv-b true U',
    woken: true,
  },
  return: { says: 'd2; approve', asked: 'return hv-a U', woken: true },
  restore: { says: 'm2, in <#C-MIGRATIONS>', asked: 'restore dc02 hv-b U', woken: true },
  delete: { says: 'm1, in <#C-MIGRATIONS>', asked: 'delete dc02 hv-b U', woken: true },
  enroll: { says: 'hv-b is enrolled.', asked: 'enroll hv-b ABCDEFGHIJKLMNOPQRST U' },
  unenroll: { says: 'hv-b is still trusted.' },
  doctor: { says: 'Nothing was looked at.' },
  help: { says: '/migrate limit' },
  migrate: { says: 'm2, in <#C-MIGRATIONS>', asked: 'propose dc02 hv-b U', woken: true },
};

describe.each(ROLES)('%s', (_, user, audiences) => {
  it.each(GRAMMAR)('who types "/migrate $example"', async ({ name, example, for: audience }) => {
    const edge = await underWay();
    const { text } = await answerTo(example, from(user), edge);
    const { says, asked, woken } = RESULTS[name] ?? { says: 'a result for this command' };
    if (!audiences.includes(audience)) {
      expect(text).toMatch(/Who may: <@U-/);
      expect(edge.operations.asked).toEqual([]);
      expect(edge.audited.map(({ outcome }) => outcome)).toEqual(['denied']);
      return;
    }
    expect(text).toContain(says);
    const heard = edge.operations.asked.join('\n');
    expect(heard).toContain(asked?.replace(/ U$/, ` ${user}`) ?? '');
    if (asked === undefined) expect(heard).toBe('');
    expect(edge.woken.length > 0).toBe(woken === true);
    expect(edge.logged).toEqual([]);
    expect(edge.audited.at(-1)?.outcome).toBe(name === 'ask' ? undefined : 'done');
  });
});

describe('a command', () => {
  it('hands all options of a wish on', async () => {
    const edge = edgeOf();
    const wishes: unknown[] = [];
    const operations = {
      ...edge.operations,
      async propose(wish: unknown) {
        wishes.push(wish);
        return { operation: 'm1' };
      },
    };
    const typed = 'dc02 to hv-b pause 90s live limit 50 MB/s on D:';
    await answerTo(typed, from(OPERATOR), { ...edge, operations });
    expect(wishes).toEqual([
      {
        vm: 'dc02',
        target: 'hv-b',
        method: 'live',
        volume: 'D:',
        bytesPerSecondMax: 50e6,
        pauseSecondsMax: 90,
        user: OPERATOR,
        channel: 'C-MIGRATIONS',
      },
    ]);
  });

  it('says of a plan what to type to start it', async () => {
    const { text } = await answerTo('plan dc02 to hv-b limit 50MB/s', from(VIEWER), edgeOf());
    expect(text).toContain('/migrate dc02 to hv-b limit 50MB/s');
  });

  it('lifts a limit', async () => {
    const edge = await underWay();
    const { text } = await answerTo('limit m1 off', from(OPERATOR), edge);
    expect(text).toBe('m1 copies without a limit from now on.');
    expect(edge.operations.asked).toEqual([`limit m1 none ${OPERATOR}`]);
  });

  it('tells what the preflight refuses', async () => {
    const edge = edgeOf();
    const facts = { vm: 'dc02', host: 'hv-a', state: 'Saved' };
    edge.operations.refusals.set('dc02', [
      { check: 'vm-state', severity: 'blocker', code: 'vm-state', facts },
    ]);
    const { text } = await answerTo('dc02 to hv-b', from(OPERATOR), edge);
    expect(text).toContain('dc02 on hv-a is Saved');
    expect(text).toContain('Start dc02 on hv-a or turn it off, then ask again.');
  });

  it('tells the words of a problem, and of a bug, and logs both', async () => {
    const edge = edgeOf();
    edge.operations.refusals.set('gone', new Problem('host-away', { host: 'hv-b' }));
    expect((await answerTo('gone to hv-b', from(OPERATOR), edge)).text).toContain(
      'The worker of hv-b does not answer.',
    );
    const broken = {
      ...edge,
      operations: { ...edge.operations, hosts: () => Promise.reject(new Error('oops <!here>')) },
    };
    const { text } = await answerTo('hosts', from(OPERATOR), broken);
    expect(text).toContain('oops &lt;!here&gt;');
    expect(edge.logged).toHaveLength(2);
  });

  it('of an enrolment leaves no code in the audit, also where the word is misspelled', async () => {
    const edge = edgeOf();
    for (const typed of ['enroll hv-b ABCDE', 'enrol hv-b ABCDE', '/migrate enroll hv-b ABCDE']) {
      await answerTo(typed, from(OPERATOR), edge);
    }
    expect(edge.audited.length).toBeGreaterThanOrEqual(3);
    expect(JSON.stringify(edge.audited)).not.toContain('ABCDE');
  });

  it('that mentions people is answered for the asker alone', async () => {
    const edge = await underWay();
    expect((await answerTo('history', from(VIEWER), edge)).onlyForAsker).toBe(true);
    expect((await answerTo('cancel dc02', from(STRANGER), edge)).onlyForAsker).toBe(true);
    expect((await answerTo('status', from(VIEWER), edge)).onlyForAsker).toBeUndefined();
  });
});

describe('status', () => {
  it('finds a VM without regard to case, or an operation, also one that is over', async () => {
    const edge = await underWay();
    for (const typed of ['status', 'status DC02', 'status m1', 'status M1']) {
      expect((await answerTo(typed, from(VIEWER), edge)).text).toContain('Move dc02');
    }
    edge.operations.change('m1', { state: { kind: 'migrated', step: '' } });
    expect((await answerTo('status m1', from(VIEWER), edge)).text).toContain('Done: dc02');
    expect((await answerTo('status', from(VIEWER), edge)).text).toBe('No migration is under way.');
  });

  it('of a VM that just runs says where it runs', async () => {
    const { text } = await answerTo('status DC02', from(VIEWER), edgeOf());
    expect(text).toContain('dc02: running on hv-a');
    expect(text).toContain('No migration is under way.');
  });

  it('of a name that nobody knows shows it, and obeys no markup in it', async () => {
    const { text } = await answerTo('status "<!here>"', from(VIEWER), edgeOf());
    expect(text).toContain('No migration of &lt;!here&gt; is under way.');
  });
});

describe('history', () => {
  it('takes the name of an operation too', async () => {
    const { text } = await answerTo('history M0', from(VIEWER), await underWay());
    expect(text).toContain('m0, dc02 from hv-a to hv-b');
  });

  it('says that only the newest operations were looked at, where there are more', async () => {
    const edge = await underWay();
    const [row] = edge.operations.rows.history;
    if (!row) throw new Error('No row');
    const many = (vm: string) =>
      Array.from({ length: HISTORY_OPERATIONS_MAX }, () => ({ ...row, vm }));
    edge.operations.rows.history = [row, ...many('sql1').slice(1)];
    for (const typed of ['history', 'history dc02']) {
      const { text } = await answerTo(typed, from(VIEWER), edge);
      expect(text).toContain('Only the newest 1000 operations were looked at');
    }
    const { text } = await answerTo('history exchange', from(VIEWER), edge);
    expect(text).toContain('Nothing was done with exchange in the newest 1000 operations.');
    expect(edge.audited.at(-1)?.problem?.facts.known).toEqual(['dc02', 'sql1']);
  });

  it('offers an export with the VM that it is about', async () => {
    const { blocks } = await answerTo('history dc02', from(VIEWER), await underWay());
    expect(JSON.stringify(blocks)).toContain('{\\"vm\\":\\"dc02\\"}');
  });
});

describe('an unknown name', () => {
  const known = ['dc01', 'dc02', 'my vm'];
  const refusing = (name: string, code: string, facts: object) => {
    const edge = edgeOf();
    edge.operations.refusals.set(name, new Problem(code, { ...facts }));
    return edge;
  };

  it('of a VM is answered with the nearest, and the whole command for each', async () => {
    const edge = refusing('dc0', 'vm-unknown', { vm: 'dc0', known, silent: [] });
    const { text } = await answerTo('dc0 to hv-b limit 50MB/s', from(OPERATOR), edge);
    expect(text).toContain('Did you mean dc01 or dc02?');
    expect(text).toContain(
      'Type /migrate dc01 to hv-b limit 50MB/s or /migrate dc02 to hv-b limit 50MB/s',
    );
    expect(edge.audited.at(-1)).toMatchObject({
      outcome: 'refused',
      problem: { code: 'vm-near' },
    });
  });

  it('is put in quotes where it must be typed so', async () => {
    const edge = refusing('mv vm', 'vm-unknown', { vm: 'mv vm', known, silent: [] });
    const { text } = await answerTo('"mv vm" to hv-b', from(OPERATOR), edge);
    expect(text).toContain('Type /migrate "my vm" to hv-b');
  });

  it('of a host or volume is answered so, too', async () => {
    const host = refusing('dc02', 'host-unknown', { host: 'hvb', known: ['hv-a', 'hv-b'] });
    const answer = await answerTo('dc02 to hvb', from(OPERATOR), host);
    expect(answer.text).toContain('Type /migrate dc02 to hv-b');
    const volumes = { host: 'hv-b', volume: 'DD:', known: ['C:', 'D:'] };
    const volume = refusing('dc02', 'volume-unknown', volumes);
    const { text } = await answerTo('dc02 to hv-b on DD: live', from(OPERATOR), volume);
    expect(text).toContain('/migrate dc02 to hv-b on D: live');
  });

  it('of an operation is looked for among those under way', async () => {
    const edge = await underWay();
    const { text } = await answerTo('cancel dc20', from(OPERATOR), edge);
    expect(text).toContain('Nothing of dc20 is under way. Did you mean dc02?');
    expect(text).toContain('Type /migrate cancel dc02');
    const status = await answerTo('status dc20', from(VIEWER), edge);
    expect(status.text).toContain('/migrate status dc02');
    const history = await answerTo('history dc20', from(VIEWER), edge);
    expect(history.text).toContain('/migrate history dc02');
  });

  it('with nothing near keeps the words of its problem', async () => {
    const edge = refusing('exchange', 'vm-unknown', { vm: 'exchange', known, silent: ['hv-c'] });
    const { text } = await answerTo('exchange to hv-b', from(OPERATOR), edge);
    expect(text).toContain('No host that answers has a VM exchange.');
    expect(text).toContain('Silent hosts: hv-c');
  });
});

describe('in a thread', () => {
  it('a command without a VM means the operation of the thread', async () => {
    const edge = await underWay();
    await answerTo('cancel', { ...from(OPERATOR), operation: 'm1' }, edge);
    expect(edge.operations.asked).toEqual([`cancel m1 ${OPERATOR}`]);
  });

  it('a misspelled one does nothing', async () => {
    const edge = await underWay();
    const { text } = await answerTo('cancl', { ...from(OPERATOR), operation: 'm1' }, edge);
    expect(text).toContain('Nothing was done.');
    expect(edge.operations.asked).toEqual([]);
  });
});
