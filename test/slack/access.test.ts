/** Groups, channels and files by the real client, against the Slack stand-in. */

import { describe, expect, it } from '@jest/globals';
import webApi from '@slack/web-api';
import { Problem } from '../../src/domain/problem.ts';
import { type SlackStandIn, startSlackStandIn } from '../../src/lab/slack/stand-in.ts';
import { accessOf, checkApprovers } from '../../src/slack/access.ts';
import { type Bot, startBot } from '../../src/slack/app.ts';
import type { AuditWish, Decision } from '../../src/slack/ports.ts';
import { type Posts, postsOf } from '../../src/slack/posts.ts';
import { sendAudit } from '../../src/slack/send-audit.ts';
import { deniedAnswer } from '../../src/slack/views/denied-answer.ts';
import { english } from '../../src/texts/words.ts';
import { closeAfterTest } from '../close-after-test.ts';
import { fakeOperations } from './fake-operations.ts';
import { memoryRecords } from './memory-records.ts';
import { connectionTo } from './stage.ts';

/** In the lab's workspace U-ITALIAN is in both groups. */
const ROLES = { operators: ['S-OPERATORS'], approvers: ['S-APPROVERS'], viewers: [] };

async function standIn(): Promise<SlackStandIn> {
  const slack = await startSlackStandIn();
  closeAfterTest(() => slack.stop());
  return slack;
}

function accessTo(slack: SlackStandIn, roles = ROLES) {
  const logged: string[] = [];
  const log = (event: string, facts: object) =>
    void logged.push(`${event} ${JSON.stringify(facts)}`);
  const options = { ...connectionTo(slack), roles, log };
  return { authority: accessOf(options), options, logged, log };
}

async function codeOf(running: Promise<unknown>): Promise<string> {
  try {
    await running;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  return 'none';
}

describe('a user group of Slack', () => {
  it('gives its members their role, by one call for all who ask', async () => {
    const slack = await standIn();
    const { authority } = accessTo(slack);
    const asker = (user: string) => ({ user, channel: 'C-MIGRATIONS' });
    const all = await Promise.all(
      ['U-APPROVER', 'U-ITALIAN', 'U-OPERATOR', 'U-STRANGER'].map((user) =>
        authority.denied(asker(user), 'approver'),
      ),
    );
    expect(all.map((denied) => denied === undefined)).toEqual([true, true, false, false]);
    expect((await slack.calls()).byMethod['usergroups.users.list']).toBe(1);
  });

  it('gives nobody a role without the scope, and the answer names it', async () => {
    const slack = await standIn();
    await slack.weather({ missingScopes: ['usergroups:read'] });
    const { authority } = accessTo(slack);
    const denied = await authority.denied({ user: 'U-APPROVER', channel: 'C' }, 'approver');
    if (!denied) throw new Error('Not denied');
    const { text } = deniedAnswer(denied, english);
    expect(text).toContain('The user group S-APPROVERS could not be read (missing_scope)');
    expect(text).toContain('Give the app the scope usergroups:read');
  });

  it('that does not exist is told with its id', async () => {
    const { authority } = accessTo(await standIn(), { ...ROLES, approvers: ['S-NONE'] });
    const { unread } = await authority.peopleWho('approver');
    expect(unread).toEqual([
      { code: 'group-unreadable', facts: { group: 'S-NONE', error: 'no_such_subteam' } },
    ]);
  });
});

describe('the start', () => {
  it('is refused where no one could ever approve, now that groups can be counted', async () => {
    const slack = await standIn();
    const check = async (approvers: string[], needed: number, twoPersons = true) => {
      const { authority, log } = accessTo(slack, { ...ROLES, approvers });
      return await codeOf(checkApprovers(authority, { needed, twoPersons }, log));
    };
    expect(await check(['S-APPROVERS'], 2)).toBe('none');
    expect(await check(['S-APPROVERS'], 3)).toBe('approvers-too-few');
    expect(await check(['U-OPERATOR'], 1)).toBe('none');
    const { authority, log } = accessTo(slack, {
      operators: ['U-1'],
      approvers: ['U-1'],
      viewers: [],
    });
    const rule = { needed: 1, twoPersons: true };
    expect(await codeOf(checkApprovers(authority, rule, log))).toBe('approvers-too-few');
    expect(await codeOf(checkApprovers(authority, { ...rule, twoPersons: false }, log))).toBe(
      'none',
    );
  });

  it('goes on where a group cannot be read, and the log says so', async () => {
    const slack = await standIn();
    await slack.weather({ missingScopes: ['usergroups:read'] });
    const { authority, log, logged } = accessTo(slack);
    expect(await codeOf(checkApprovers(authority, { needed: 9, twoPersons: true }, log))).toBe(
      'none',
    );
    expect(logged).toEqual([
      expect.stringContaining('slack-group-closed {"group":"S-OPERATORS","error":"missing_scope"'),
      expect.stringContaining('S-APPROVERS'),
    ]);
  });
});

describe('a message', () => {
  it('lives where it was asked for, if the bot is there and can know it', async () => {
    const slack = await standIn();
    const { authority } = accessTo(slack);
    const placeFor = (channel: string) => authority.channelFor({ user: 'U-OPERATOR', channel });
    expect(await placeFor('C-OFFICE')).toBe('C-OFFICE');
    expect(await placeFor('C-PRIVATE')).toBe('C-MIGRATIONS');
    const other = await standIn();
    await other.weather({ missingScopes: ['channels:history', 'groups:history'] });
    const blind = accessTo(other).authority;
    const asker = { user: 'U-OPERATOR', channel: 'C-OFFICE' };
    expect(await blind.channelFor(asker)).toBe('C-MIGRATIONS');
  });
});

describe('the audit as a file', () => {
  async function* lines(wish: AuditWish): AsyncIterable<string> {
    yield JSON.stringify(wish);
    yield '{"second":"line"}';
  }

  it('comes to the channel that asked, for its hosts alone', async () => {
    const slack = await standIn();
    const { authority, options } = accessTo(slack);
    const client = new webApi.WebClient(options.tokens.bot, { slackApiUrl: options.slackApiUrl });
    const posts = postsOf(client, english);
    const hosts = ['hv-a'];
    const parts = { posts, authority: { ...authority, hostsOf: () => hosts }, auditLines: lines };
    const asker = { user: 'U-OPERATOR', channel: 'C-OFFICE' };
    expect(await sendAudit(asker, 'my "vm"/../x', parts)).toEqual({ lines: 2, isCut: false });
    const shown = await slack.waitFor(
      ({ messages }) => messages.find(({ files = [] }) => files.length > 0),
      { timeoutMs: 8000 },
    );
    expect(shown.channel).toBe('C-OFFICE');
    const [file] = shown.files ?? [];
    const headers = { authorization: `Bearer ${slack.addresses.controlToken}` };
    expect(file?.name).toBe('audit-my__vm__.._x.jsonl');
    const content = await (await fetch(file?.url ?? '', { headers })).text();
    expect(content.split('\n').map((line) => line && JSON.parse(line))).toEqual([
      { vm: 'my "vm"/../x', from: { channel: 'C-OFFICE', hosts } },
      { second: 'line' },
      '',
    ]);
    const private_ = sendAudit({ ...asker, channel: 'C-PRIVATE' }, undefined, parts);
    expect(await codeOf(private_)).toBe('slack-channel-refused');
  });

  it('that is too long has its newest lines, and says so', async () => {
    const uploads: string[] = [];
    const posts: Pick<Posts, 'upload'> = {
      upload: async (_, { text }) => void uploads.push(text),
    };
    async function* many(): AsyncIterable<string> {
      for (let index = 0; index < 30_000; index += 1) yield `${index} ${'x'.repeat(300)}`;
    }
    const { authority } = accessTo(await standIn());
    const asker = { user: 'U-OPERATOR', channel: 'C-OFFICE' };
    const sent = await sendAudit(asker, undefined, { posts, authority, auditLines: () => many() });
    expect(sent.isCut).toBe(true);
    const [file] = uploads;
    expect(file?.length).toBeLessThanOrEqual(4 * 2 ** 20);
    expect(file?.trimEnd().split('\n').at(-1)).toMatch(/^29999 /);
  });
});

describe('a bot with groups and two persons', () => {
  it('answers a stranger who mentions it for their eyes only, and calls the approvers once', async () => {
    const slack = await standIn();
    const { options } = accessTo(slack);
    const operations = fakeOperations();
    const audited: Decision[] = [];
    const start = (): Promise<Bot> =>
      startBot({
        ...options,
        operations,
        records: memoryRecordsOf,
        approval: { needed: 1, twoPersons: true },
        audit: { record: async (decision) => void audited.push(decision) },
        lookEveryMs: 20,
      });
    const memoryRecordsOf = memoryRecords();
    let bot = await start();
    closeAfterTest(() => bot.stop());
    await slack.say('U-STRANGER', '@ferry dc02 to hv-b');
    const told = await slack.waitFor(
      ({ ephemerals }) => ephemerals.find(({ to }) => to === 'U-STRANGER'),
      { timeoutMs: 8000 },
    );
    expect(told.text).toContain('<!subteam^S-OPERATORS>');
    await slack.say('U-ITALIAN', '/migrate dc02 to hv-b');
    await slack.waitFor(({ messages }) => messages.find(({ text }) => text.includes('Move dc02')), {
      timeoutMs: 8000,
    });
    const expiresAt = Date.now() + 86_000_000;
    const approvals = { users: [], needed: 1, twoPersons: true, expiresAt };
    operations.change('m1', { state: { kind: 'asking', step: 'catchUp' }, approvals });
    const calls = async () =>
      (await slack.messages()).filter(({ text }) => text.includes('waits for approval'));
    await slack.waitFor(({ messages }) =>
      messages.find(({ text, threadTs }) => threadTs && text.includes('<!subteam^S-APPROVERS>')),
    );
    await bot.stop();
    bot = await start();
    const message = (await slack.messages()).find(({ text }) => text.includes('Move dc02'));
    await slack.click('U-ITALIAN', message?.ts ?? '', 'ferry.approve');
    await slack.waitFor(
      ({ ephemerals }) => ephemerals.find(({ text }) => text.includes('Hai richiesto tu m1')),
      { timeoutMs: 8000 },
    );
    expect(operations.asked.filter((one) => one.startsWith('approve'))).toEqual([]);
    expect(audited.at(-1)).toMatchObject({ what: 'approve', outcome: 'denied', user: 'U-ITALIAN' });
    expect(await calls()).toHaveLength(1);
  });
});
