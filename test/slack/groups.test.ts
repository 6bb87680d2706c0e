import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../src/domain/problem.ts';
import { groupsOf } from '../../src/slack/groups.ts';

interface Stage {
  readonly groups: ReturnType<typeof groupsOf>;
  readonly calls: string[];
  clockMs: number;
  answer: () => Promise<readonly string[]>;
}

function stage(): Stage {
  const calls: string[] = [];
  const made: Stage = {
    calls,
    clockMs: 1_000_000,
    answer: async () => ['U1', 'U2'],
    groups: groupsOf(
      (group) => {
        calls.push(group);
        return made.answer();
      },
      () => made.clockMs,
    ),
  };
  return made;
}

describe('the members of a group', () => {
  it('are asked for once by all who ask at the same time, and again after a minute', async () => {
    const made = stage();
    const read = () => made.groups.members('S1');
    const found = await Promise.all([read(), read(), made.groups.members('S2'), read()]);
    expect(found.map(({ users }) => users)).toEqual(Array(4).fill(['U1', 'U2']));
    expect(made.calls).toEqual(['S1', 'S2']);
    made.clockMs += 59_999;
    await read();
    expect(made.calls).toHaveLength(2);
    made.clockMs += 1;
    made.answer = async () => ['U2'];
    expect((await read()).users).toEqual(['U2']);
    expect(made.calls).toEqual(['S1', 'S2', 'S1']);
  });

  it('are nobody when it cannot be read, also where it was read before, and why is told', async () => {
    const made = stage();
    await made.groups.members('S1');
    made.clockMs += 60_000;
    made.answer = async () => {
      throw new Problem('slack-call-refused', { method: 'm', error: 'missing_scope' });
    };
    const facts = { group: 'S1', error: 'missing_scope' };
    expect(await made.groups.members('S1')).toEqual({
      users: [],
      problem: { code: 'group-unreadable', facts },
    });
  });

  it('are asked for again ten seconds after a failure, not at once', async () => {
    const made = stage();
    made.answer = async () => {
      throw new Error('socket hang up');
    };
    await made.groups.members('S1');
    made.clockMs += 9_999;
    const found = await made.groups.members('S1');
    expect(found.problem?.facts.error).toBe('socket hang up');
    expect(made.calls).toHaveLength(1);
    made.clockMs += 1;
    made.answer = async () => ['U1'];
    expect(await made.groups.members('S1')).toEqual({ users: ['U1'] });
  });

  it('of a group that is disabled or empty are nobody, and that is told', async () => {
    const made = stage();
    made.answer = async () => [];
    const problem = { code: 'group-empty', facts: { group: 'S1' } };
    expect(await made.groups.members('S1')).toEqual({ users: [], problem });
  });
});
