import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../src/domain/problem.ts';
import { answerTo } from '../../src/slack/commands/run-command.ts';
import { edgeOf } from './edge.ts';
import { APPROVER, OPERATOR, STRANGER } from './fake-operations.ts';

describe('a command', () => {
  it('of an operator opens a migration in the channel of migrations, and wakes the projector', async () => {
    const edge = edgeOf();
    const { text } = await answerTo('dc02 to hv-b', OPERATOR, edge);
    expect(text).toContain('m1, in <#C-MIGRATIONS>');
    expect(edge.woken).toEqual(['m1']);
    expect((await edge.operations.view('m1'))?.channel).toBe('C-MIGRATIONS');
  });

  it('tells what the preflight refuses', async () => {
    const edge = edgeOf();
    const facts = { vm: 'dc02', host: 'hv-a', state: 'Off' };
    edge.operations.refusals.set('dc02', [
      { check: 'vm-state', severity: 'blocker', code: 'vm-state', facts },
    ]);
    const { text } = await answerTo('dc02 to hv-b', OPERATOR, edge);
    expect(text).toContain('dc02 on hv-a is Off');
    expect(text).toContain('Start dc02 on hv-a, then ask again.');
  });

  it('tells the words of a problem, and of a bug, and logs both', async () => {
    const edge = edgeOf();
    edge.operations.refusals.set('gone', new Problem('nothing-under-way', { vm: 'gone' }));
    expect((await answerTo('gone to hv-b', OPERATOR, edge)).text).toContain('No migration of gone');
    const broken = {
      ...edge,
      operations: { ...edge.operations, hosts: () => Promise.reject(new Error('oops <!here>')) },
    };
    const { text } = await answerTo('hosts', OPERATOR, broken);
    expect(text).toContain('oops &lt;!here&gt;');
    expect(edge.logged).toHaveLength(2);
  });

  it.each([
    ['dc02 to hv-b', APPROVER, 'not one of the operators'],
    ['enroll hv-b CODE', APPROVER, 'not one of the operators'],
    ['dc02 to hv-b', STRANGER, 'Who may: <@U-OPERATOR>'],
    ['cancel dc02', STRANGER, 'neither an operator nor an approver'],
    ['hosts', STRANGER, 'neither an operator nor an approver'],
    ['status', STRANGER, 'neither an operator nor an approver'],
  ])('%j of %s is answered with who may, and does nothing', async (text, user, words) => {
    const edge = edgeOf();
    expect((await answerTo(text, user, edge)).text).toContain(words);
    expect(edge.operations.asked).toEqual([]);
  });

  it('help is for everyone', async () => {
    expect((await answerTo('help', STRANGER, edgeOf())).text).toContain('What can be asked');
  });

  it('status finds a VM without regard to case, or an operation', async () => {
    const edge = edgeOf();
    await answerTo('dc02 to hv-b', OPERATOR, edge);
    expect((await answerTo('status DC02', APPROVER, edge)).text).toContain('Move dc02');
    expect((await answerTo('status m1', APPROVER, edge)).text).toContain('Move dc02');
    expect((await answerTo('status "<!here>"', APPROVER, edge)).text).toContain(
      'No migration of &lt;!here&gt; is under way.',
    );
  });

  it('enroll hands on the code as one word', async () => {
    const edge = edgeOf();
    await answerTo('enroll hv-b ABCD EFGH', OPERATOR, edge);
    expect(edge.operations.asked).toEqual(['enroll hv-b ABCDEFGH U-OPERATOR']);
  });
});
