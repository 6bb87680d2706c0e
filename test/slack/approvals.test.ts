/** Roles, channels and the two-person rule through commands and clicks, and what the audit keeps. */

import { beforeEach, describe, expect, it } from '@jest/globals';
import { Problem } from '../../src/domain/problem.ts';
import { ACTIONS, valueText } from '../../src/slack/actions/clicks.ts';
import { answerClick } from '../../src/slack/actions/run-click.ts';
import { authorityOf, type ChannelScope } from '../../src/slack/authority.ts';
import { answerTo } from '../../src/slack/commands/run-command.ts';
import type { Edge } from '../../src/slack/edge.ts';
import { groupsOf } from '../../src/slack/groups.ts';
import type { Audit, Decision, Roles } from '../../src/slack/ports.ts';
import { edgeOf, type FakeEdge } from './edge.ts';
import { viewOf } from './fake-operations.ts';

const OPERATOR = 'U-OP';
const APPROVER = 'U-APP';
const BOTH = 'U-BOTH';
const VIEWER = 'U-VIEW';
const STRANGER = 'U-STRANGER';
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'S-OPS': [OPERATOR, BOTH],
  'S-APP': [APPROVER, BOTH],
};
const ROLES: Roles = { operators: ['S-OPS'], approvers: ['S-APP'], viewers: [VIEWER] };
const groups = groupsOf(async (group) => GROUPS[group] ?? []);

const HERE = 'C-MIGRATIONS';
const ELSEWHERE = 'C-ELSEWHERE';
const SCOPES: readonly ChannelScope[] = [
  { channel: HERE, hosts: ['hv-a', 'hv-b'] },
  { channel: ELSEWHERE, hosts: ['hv-c'] },
];

function staged(options: { roles?: Roles; channels?: readonly ChannelScope[] } = {}): FakeEdge {
  const { roles = ROLES, channels } = options;
  return { ...edgeOf(), authority: authorityOf(roles, { groups, channels, home: HERE }) };
}

let edge: FakeEdge;
beforeEach(() => {
  edge = staged();
});

const say = (text: string, user: string, on: Edge = edge, channel = HERE) =>
  answerTo(text, { user, channel }, on);

/** Opens m1 for this person, which asks for approval at once. */
async function asking(
  requestedBy: string,
  { twoPersons = true, needed = 1 } = {},
): Promise<string> {
  const wish = { vm: 'dc02', target: 'hv-b', user: requestedBy, channel: HERE };
  await edge.operations.propose(wish);
  const approvals = { users: [], needed, twoPersons };
  edge.operations.change('m1', { state: { kind: 'asking', step: 'catchUp' }, approvals });
  edge.operations.asked.length = 0;
  const { planHash } = viewOf({ vm: 'dc02', target: 'hv-b' });
  return valueText({ operation: 'm1', planHash });
}

const click = (action: keyof typeof ACTIONS, value: string, user: string, on: Edge = edge) =>
  answerClick({ actionId: ACTIONS[action], value, user, channel: HERE }, on);

const outcomes = (on: FakeEdge = edge): string[] =>
  on.audited.map(({ what, outcome, problem }) =>
    [what, outcome, problem?.code].filter(Boolean).join(' '),
  );

describe('each role', () => {
  const operators = [OPERATOR, BOTH];
  const steering = [OPERATOR, APPROVER, BOTH];
  const everyRole = [...steering, VIEWER];
  const all = [...everyRole, STRANGER];
  it.each([
    ['dc02 to hv-b', operators],
    ['plan dc02 to hv-b', everyRole],
    ['enroll hv-b ABCDE-FGHIJ-KLMNO-PQ234', operators],
    ['cancel dc02', steering],
    ['rollback dc02', steering],
    ['retry dc02', operators],
    ['status', everyRole],
    ['hosts', everyRole],
    ['history', everyRole],
    ['help', all],
  ])('may or may not say %j', async (text, may) => {
    for (const user of all) {
      edge = staged();
      const { onlyForAsker } = await say(text, user);
      const isDenied = outcomes().some((one) => one.includes(' denied '));
      expect([user, isDenied]).toEqual([user, !may.includes(user)]);
      // What mentions the people of a role is for the asker alone.
      if (isDenied) expect(onlyForAsker).toBe(true);
      if (isDenied) expect(edge.operations.asked).toEqual([]);
    }
  });

  it.each<[keyof typeof ACTIONS, readonly string[]]>([
    ['approve', [APPROVER, BOTH]],
    ['cancel', steering],
  ])('may or may not click on %s', async (action, may) => {
    for (const user of all) {
      edge = staged();
      const value = await asking('U-SOMEBODY');
      await click(action, value, user);
      expect([user, edge.operations.asked.length]).toEqual([user, may.includes(user) ? 1 : 0]);
      expect(outcomes().some((one) => one.includes(' denied '))).toBe(!may.includes(user));
    }
  });

  it('is told to a stranger with who has it, as a mention that only they see', async () => {
    const { text, onlyForAsker } = await say('dc02 to hv-b', STRANGER);
    expect(text).toContain('Who may: <!subteam^S-OPS>');
    expect(onlyForAsker).toBe(true);
  });
});

describe('the person who asked', () => {
  it('cannot approve it, hears who else may, and that is in the audit as denied', async () => {
    const value = await asking(BOTH);
    const answer = await click('approve', value, BOTH);
    expect(answer?.text).toContain('You asked for m1 yourself');
    expect(answer?.text).toContain('Who may: <!subteam^S-APP>');
    expect(answer?.onlyForAsker).toBe(true);
    expect(edge.operations.asked).toEqual([]);
    expect(outcomes()).toEqual(['approve asked', 'approve denied own-approval']);
    expect(await click('approve', value, APPROVER)).toBeUndefined();
  });

  it('can approve it where one person is enough', async () => {
    const value = await asking(BOTH, { twoPersons: false });
    expect(await click('approve', value, BOTH)).toBeUndefined();
    expect(edge.operations.asked).toEqual([`approve m1 ${BOTH}`]);
  });

  it.each([
    [[BOTH], 1, 'Nobody but you may approve'],
    [[BOTH, APPROVER], 2, 'Besides you only 1 of the 2'],
    [[BOTH, APPROVER], 1, undefined],
    [['S-GONE', BOTH], 1, 'has no members'],
  ])(
    'hears at once who of %j may approve when %p are needed: %s',
    async (approvers, needed, words) => {
      edge = staged({ roles: { ...ROLES, approvers } });
      const { propose } = edge.operations;
      const approvals = { users: [], needed, twoPersons: true };
      edge.operations.propose = async (wish) => {
        const proposed = await propose(wish);
        if ('operation' in proposed) edge.operations.change(proposed.operation, { approvals });
        return proposed;
      };
      const { text } = await say('dc02 to hv-b', BOTH);
      expect(text).toContain('The plan is made: m1');
      if (words) expect(text).toContain(words);
      else expect(text).not.toMatch(/Nobody but you|Besides you/);
    },
  );
});

describe('a channel with hosts of its own', () => {
  beforeEach(() => {
    edge = staged({ channels: SCOPES });
  });

  it('moves between its hosts, and shows it there', async () => {
    expect((await say('dc02 to hv-b', OPERATOR)).text).toContain(`in <#${HERE}>`);
    expect((await edge.operations.view('m1'))?.channel).toBe(HERE);
  });

  it.each([
    'dc02 to hv-b',
    'plan dc02 to hv-b',
    'cancel dc02',
    'cancel m1',
    'pause dc02',
    'retry m1',
    'rollback dc02',
    'enroll hv-b ABCDE-FGHIJ-KLMNO-PQ234',
    'delete copy dc02 on hv-b',
  ])('of others refuses %j with where to ask, and does nothing', async (text) => {
    await asking(OPERATOR);
    const answer = await say(text, BOTH, edge, ELSEWHERE);
    expect(answer.text).toContain('Not among the hosts of this channel');
    expect(edge.operations.asked).toEqual([]);
    expect(outcomes().at(-1)).toMatch(/denied channel-not-for-hosts$/);
  });

  it('refuses what only the look at the hosts shows: where the VM is', async () => {
    const operations = {
      ...edge.operations,
      propose: async () => {
        throw new Problem('channel-not-for-hosts', { hosts: ['hv-c'], here: ['hv-a'] });
      },
    };
    const { text } = await say('dc02 to hv-b', OPERATOR, { ...edge, operations });
    expect(text).toContain('Not among the hosts of this channel: hv-c.');
    expect(outcomes().at(-1)).toBe('migrate denied channel-not-for-hosts');
  });

  it('lists only what is its own', async () => {
    await asking(OPERATOR);
    const history = edge.operations.history;
    const row = {
      kind: 'migration',
      requestedBy: OPERATOR,
      approvedBy: [],
      outcome: 'open',
    } as const;
    edge.operations.history = async (vm) => {
      await history(vm);
      const route = { vm: 'dc02', source: 'hv-a', target: 'hv-b', openedAt: 0 };
      return [{ ...row, ...route, operation: 'm1' }];
    };
    for (const text of ['status', 'hosts', 'history']) {
      expect((await say(text, VIEWER)).text).toContain(text === 'hosts' ? 'hv-a' : 'dc02');
      expect((await say(text, VIEWER, edge, ELSEWHERE)).text).not.toMatch(/hv-a|hv-b|dc02/);
      expect((await say(text, VIEWER, edge, 'C-NOT-CONFIGURED')).text).not.toMatch(/hv-a|dc02/);
    }
  });

  it('hears where a VM is that a retry found elsewhere only if that host is its own', async () => {
    await asking(OPERATOR);
    const moved = (host: string) => ({
      ...edge,
      operations: {
        ...edge.operations,
        retry: async () => {
          const facts = { vm: 'dc02', host, operation: 'm1', source: 'hv-a', target: 'hv-b' };
          throw new Problem('retry-vm-moved', facts);
        },
      },
    });
    expect((await say('retry m1', OPERATOR, moved('hv-b'))).text).toContain('dc02 is on hv-b now');
    await say('retry m1', OPERATOR, moved('hv-c'));
    expect(outcomes().at(-1)).toBe('retry denied channel-not-for-hosts');
  });

  it('is told no name near to a slip that it does not show', async () => {
    await asking(OPERATOR);
    edge.operations.rows.history = [
      {
        ...{ operation: 'm0', kind: 'migration', vm: 'dc02', source: 'hv-a', target: 'hv-b' },
        ...{ requestedBy: OPERATOR, approvedBy: [], outcome: 'migrated', openedAt: 0 },
      },
    ];
    const near = 'dc20';
    const typed = [
      ...['cancel', 'pause', 'resume', 'retry', 'rollback', 'status', 'history'].map(
        (name) => `${name} ${near}`,
      ),
      `limit ${near} 50MB/s`,
      `${near} to hv-bb`,
      `plan ${near} to hv-bb`,
    ];
    for (const operation of ['cancel', 'pause', 'resume', 'retry', 'rollback', 'limit'] as const) {
      edge.operations[operation] = async () => {
        throw new Problem('nothing-to-cancel', { vm: near });
      };
    }
    for (const text of typed) {
      const { text: told } = await say(text, BOTH, edge, ELSEWHERE);
      expect([text, /dc02|hv-a|\bhv-b\b|m0|m1/.exec(told)?.[0]]).toEqual([text, undefined]);
    }
    expect((await say(`cancel ${near}`, BOTH)).text).toContain('Did you mean dc02?');
  });

  it('refuses clicks on what is not its own', async () => {
    const value = await asking(OPERATOR);
    const clicked = { actionId: ACTIONS.approve, value, user: APPROVER, channel: ELSEWHERE };
    expect((await answerClick(clicked, edge))?.text).toContain(`Ask in: <#${HERE}>`);
    expect(edge.operations.asked).toEqual([]);
    expect(await answerClick({ ...clicked, channel: HERE }, edge)).toBeUndefined();
  });
});

describe('the audit', () => {
  /** Nothing can be written, or nothing but the first lines. */
  const full = (lines: Decision[] = [], room = 0): Audit => ({
    async record(decision) {
      if (lines.length >= room) {
        throw new Problem('audit-unwritable', { path: '/state/audit.jsonl', reason: 'ENOSPC' });
      }
      lines.push(decision);
    },
  });

  it('has what was asked before it is done, and what came of it', async () => {
    await say('dc02 to hv-b', OPERATOR);
    await say('hosts', VIEWER);
    await say('dc02 too hv-b', OPERATOR);
    expect(outcomes()).toEqual([
      'migrate asked',
      'migrate done',
      'hosts done',
      expect.stringMatching(/^unknown refused command-/),
    ]);
    expect(edge.audited[0]).toMatchObject({ user: OPERATOR, channel: HERE, text: 'dc02 to hv-b' });
  });

  it('never has an enrolment code', async () => {
    await say('enroll hv-b ABCDE-FGHIJ-KLMNO-PQ234', OPERATOR);
    expect(JSON.stringify(edge.audited)).not.toContain('ABCDE');
  });

  it('that cannot be written stops an approval and a new migration, and says why', async () => {
    const value = await asking('U-SOMEBODY');
    const on = { ...edge, audit: full() };
    expect((await click('approve', value, APPROVER, on))?.text).toContain('ENOSPC');
    expect((await say('sql1 to hv-b', OPERATOR, on)).text).toContain('cannot be written');
    expect(edge.operations.asked).toEqual([]);
    expect((await edge.operations.view('m1'))?.approvals.users).toEqual([]);
  });

  it('that cannot be written stops no cancel and no look, and its loss is in the log', async () => {
    const value = await asking(OPERATOR);
    const on = { ...edge, audit: full() };
    await click('cancel', value, OPERATOR, on);
    expect(edge.operations.asked).toEqual([`cancel m1 ${OPERATOR}`]);
    expect((await say('hosts', VIEWER, on)).text).toContain('hv-a');
    const lost = edge.logged.filter((line) => line.startsWith('audit-lost'));
    expect(lost).toEqual([
      expect.stringContaining('"what":"cancel","outcome":"done","operation":"m1"'),
      expect.stringContaining('"what":"hosts"'),
    ]);
  });

  it('that fills up while an approval is done does not say that it was not', async () => {
    const value = await asking('U-SOMEBODY');
    const lines: Decision[] = [];
    const on = { ...edge, audit: full(lines, 1) };
    expect(await click('approve', value, APPROVER, on)).toBeUndefined();
    expect(lines.map(({ outcome }) => outcome)).toEqual(['asked']);
    expect(edge.logged.at(-1)).toContain('audit-lost');
  });

  it('that cannot be written lets no stranger in', async () => {
    const on = { ...edge, audit: full() };
    expect((await say('dc02 to hv-b', STRANGER, on)).text).toContain('Who may');
    expect(edge.operations.asked).toEqual([]);
  });
});
