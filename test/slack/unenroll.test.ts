/** `/migrate unenroll`: asked first, done by the button, by who may. */

import { describe, expect, it } from '@jest/globals';
import { Problem } from '../../src/domain/problem.ts';
import { readUnenroll, UNENROLL, unenrollText } from '../../src/slack/actions/clicks.ts';
import { answerUnenroll } from '../../src/slack/actions/unenroll-host.ts';
import { authorityOf } from '../../src/slack/authority.ts';
import { answerTo } from '../../src/slack/commands/run-command.ts';
import type { Decision } from '../../src/slack/ports.ts';
import { edgeOf, ROLES } from './edge.ts';
import { APPROVER, OPERATOR, STRANGER } from './fake-operations.ts';
import { stageOfTest, toldTo } from './stage.ts';

const click = (user: string, value: string | undefined) => ({
  ...{ actionId: UNENROLL, value, user, channel: 'C-MIGRATIONS' },
});

describe('unenroll', () => {
  it('asks the one who typed it, and is done by the button', async () => {
    const audited: Decision[] = [];
    const audit = { record: async (decision: Decision) => void audited.push(decision) };
    const { slack, operations } = await stageOfTest({ audit });
    await slack.say(OPERATOR, '/migrate unenroll hv-b');
    const asked = await toldTo(slack, OPERATOR, 'hv-b is still trusted');
    expect(operations.asked).toEqual([]);
    expect(JSON.stringify(asked.blocks)).toContain('Unenroll hv-b?');
    await slack.click(OPERATOR, asked.ts, UNENROLL);
    await toldTo(slack, OPERATOR, 'hv-b is not enrolled any more');
    expect(operations.asked).toEqual(['unenroll hv-b']);
    expect(audited.map(({ how, what, outcome, text }) => [how, what, outcome, text])).toEqual([
      ['command', 'unenroll', 'asked', 'unenroll hv-b'],
      ['command', 'unenroll', 'done', 'unenroll hv-b'],
      ['click', 'unenroll', 'asked', 'hv-b'],
      ['click', 'unenroll', 'done', 'hv-b'],
    ]);
  });

  it('asks one person alone also where the bot is mentioned', async () => {
    const { slack } = await stageOfTest();
    await slack.say(OPERATOR, '@ferry unenroll hv-b');
    await toldTo(slack, OPERATOR, 'hv-b is still trusted');
    const own = (await slack.messages()).filter((one) => one.author === 'U-FERRY');
    expect(own).toEqual([]);
  });

  it.each([STRANGER, APPROVER])('is not for %s', async (user) => {
    const edge = edgeOf();
    const asker = { user, channel: 'C-MIGRATIONS' };
    expect((await answerTo('unenroll hv-b', asker, edge)).text).toContain('Who may:');
    const { text } = await answerUnenroll(click(user, unenrollText('hv-b')), edge);
    expect(text).toContain('Who may:');
    expect(edge.operations.asked).toEqual([]);
  });

  it('shows no button where something is under way, and says so of a click that comes later', async () => {
    const edge = edgeOf();
    const busy = async () => {
      throw new Problem('unenroll-busy', { host: 'hv-b', operations: ['m1'] });
    };
    Object.assign(edge.operations, { mayUnenroll: busy, unenroll: busy });
    const asker = { user: OPERATOR, channel: 'C-MIGRATIONS' };
    const typed = await answerTo('unenroll hv-b', asker, edge);
    expect(JSON.stringify(typed)).not.toContain(UNENROLL);
    expect(typed.text).toContain('hv-b takes part in what is under way: m1.');
    const clicked = await answerUnenroll(click(OPERATOR, unenrollText('hv-b')), edge);
    expect(clicked.text).toBe(typed.text);
  });

  it('names the host that was meant', async () => {
    const edge = edgeOf();
    const unknown = async (host: string) => {
      throw new Problem('host-unknown', { host, known: ['hv-a', 'hv-b'] });
    };
    Object.assign(edge.operations, { mayUnenroll: unknown });
    const asker = { user: OPERATOR, channel: 'C-MIGRATIONS' };
    const { text } = await answerTo('unenroll hv_b', asker, edge);
    expect(text).toContain('Type /migrate unenroll hv-b');
  });

  it('of a host of another channel is refused, typed and clicked', async () => {
    const channels = [{ channel: 'C-MIGRATIONS', hosts: ['hv-a'] }];
    const edge = { ...edgeOf(), authority: authorityOf(ROLES, { channels }) };
    const asker = { user: OPERATOR, channel: 'C-MIGRATIONS' };
    for (const { text } of [
      await answerTo('unenroll hv-b', asker, edge),
      await answerUnenroll(click(OPERATOR, unenrollText('hv-b')), edge),
    ]) {
      expect(text).toContain('hv-b');
      expect(text).not.toContain('still trusted');
    }
    expect(edge.operations.asked).toEqual([]);
  });

  it.each([undefined, '', 'x', '[]', '{"host":""}', '{"host":7}'])(
    'with the value %j is answered',
    async (value) => {
      expect(readUnenroll(value)).toBeUndefined();
      const edge = edgeOf();
      expect((await answerUnenroll(click(OPERATOR, value), edge)).text).toContain('none that the');
      expect(edge.operations.asked).toEqual([]);
    },
  );
});
