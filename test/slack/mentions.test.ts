/** Mentions and what the bot does not know: first by the listener alone, then through the real Bolt. */

import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { onMention } from '../../src/slack/events/listener.ts';
import { noteThread, operationOfThread } from '../../src/slack/threads.ts';
import { edgeOf, type FakeEdge } from './edge.ts';
import { OPERATOR, STRANGER } from './fake-operations.ts';
import { stageOfTest } from './stage.ts';

const BOT = 'U-FERRY';
const CHANNEL = 'C-MIGRATIONS';
const TIMEOUT_MS = 8000;

interface Said {
  readonly text: string;
  readonly user?: string | undefined;
  readonly thread_ts?: string;
  readonly [field: string]: unknown;
}

interface Posted {
  readonly text: string;
  readonly thread_ts?: string;
  /** Whom alone it was shown to. */
  readonly user?: string;
}

/** What the bot posts when this is said. */
async function hearing(edge: FakeEdge, said: Said, eventId = `Ev-${randomUUID()}`) {
  const posted: Posted[] = [];
  const post = async (message: Posted) => void posted.push(message);
  const event = { type: 'app_mention', user: OPERATOR, channel: CHANNEL, ts: '5.0', ...said };
  const mention = {
    event,
    body: { event_id: eventId },
    client: { chat: { postMessage: post, postEphemeral: post } },
    context: { botUserId: BOT },
  };
  await onMention(mention as unknown as Parameters<typeof onMention>[0], edge);
  return posted;
}

const proposed = async (): Promise<FakeEdge> => {
  const edge = edgeOf();
  await edge.operations.propose({ vm: 'dc02', target: 'hv-b', user: OPERATOR, channel: CHANNEL });
  edge.operations.asked.length = 0;
  return edge;
};

describe('a mention', () => {
  it.each([
    `<@${BOT}> cancel dc02`,
    `  <@${BOT}|ferry>: cancel dc02`,
    `<@${BOT}>, CANCEL "dc02"`,
    `<@${BOT}>\ncancel dc02`,
  ])('%j is a command, answered in its thread', async (text) => {
    const edge = await proposed();
    const [answer] = await hearing(edge, { text });
    expect(answer).toMatchObject({ thread_ts: '5.0' });
    expect(answer?.user).toBeUndefined();
    expect(edge.operations.asked).toEqual([`cancel dc02 ${OPERATOR}`]);
  });

  it.each([
    ['talks about the bot', { text: `yesterday I typed <@${BOT}> cancel dc02` }],
    ['quotes somebody', { text: `&gt; <@${BOT}> cancel dc02` }],
    ['begins with somebody else', { text: `<@U-ANNA> <@${BOT}> cancel dc02` }],
    ['was edited', { text: `<@${BOT}> cancel dc02`, edited: { user: OPERATOR, ts: '6.0' } }],
  ])('that %s is not run, and its author alone is told', async (_, said) => {
    const edge = await proposed();
    const [answer, ...none] = await hearing(edge, said);
    expect(answer).toMatchObject({ user: OPERATOR });
    expect(none).toEqual([]);
    expect(edge.operations.asked).toEqual([]);
  });

  it.each([
    ['a bot', { bot_id: 'B1' }],
    ['a bot by its subtype', { subtype: 'bot_message' }],
    ['nobody', { user: undefined }],
    ['itself', { user: BOT }],
  ])('by %s is not answered', async (_, by) => {
    const edge = await proposed();
    expect(await hearing(edge, { text: `<@${BOT}> cancel dc02`, ...by })).toEqual([]);
    expect(edge.operations.asked).toEqual([]);
  });

  it('that is delivered twice is run once', async () => {
    const edge = await proposed();
    const said = { text: `<@${BOT}> cancel dc02` };
    expect(await hearing(edge, said, 'Ev-same')).toHaveLength(1);
    expect(await hearing(edge, said, 'Ev-same')).toEqual([]);
    expect(edge.operations.asked).toHaveLength(1);
  });

  it('alone shows the help', async () => {
    const [answer] = await hearing(edgeOf(), { text: `<@${BOT}>` });
    expect(answer?.text).toContain('What can be asked');
  });

  it('of a stranger is answered for the stranger alone, and calls nobody', async () => {
    const edge = await proposed();
    const [answer] = await hearing(edge, { text: `<@${BOT}> cancel dc02`, user: STRANGER });
    expect(answer).toMatchObject({ user: STRANGER, text: expect.stringContaining('Who may') });
    expect(answer?.thread_ts).toBeUndefined();
  });

  it.each(['<!channel>', '<!here|here>', '*dc02* `x`', 'x'.repeat(5000), 'dc\u202e02\u200b'])(
    'with %j shows it and obeys nothing in it',
    async (odd) => {
      const [answer] = await hearing(edgeOf(), { text: `<@${BOT}> ${odd}` });
      expect(answer?.text).not.toMatch(/<[!@#]/);
      expect(answer?.text).not.toMatch(/[\u202a-\u202e\u200b]/);
      expect(answer?.text.length).toBeLessThan(700);
    },
  );
});

describe("in the thread of a migration's message", () => {
  const inThread = async () => {
    const edge = await proposed();
    await noteThread(edge.records, { channel: CHANNEL, ts: '1.0' }, 'm1');
    return edge;
  };

  it('the VM goes without saying', async () => {
    const edge = await inThread();
    for (const typed of ['cancel', 'pause', 'resume', 'rollback', 'limit 50MB/s', 'retry']) {
      await hearing(edge, { text: `<@${BOT}> ${typed}`, thread_ts: '1.0' });
    }
    expect(edge.operations.asked.map((one) => one.replace(` ${OPERATOR}`, ''))).toEqual([
      ...['cancel m1', 'pause m1', 'resume m1', 'rollback m1', 'limit m1 50000000', 'retry m1'],
    ]);
  });

  it('another thread, or the same time in another channel, means nothing', async () => {
    const edge = await inThread();
    const text = `<@${BOT}> cancel`;
    const [other] = await hearing(edge, { text, thread_ts: '2.0' });
    const [elsewhere] = await hearing(edge, { text, thread_ts: '1.0', channel: 'C-OFFICE' });
    for (const answer of [other, elsewhere]) expect(answer?.text).toContain('cancel &lt;vm&gt;');
    expect(edge.operations.asked).toEqual([]);
  });

  it('is known by the record of the message, when the bot ended before it noted the thread', async () => {
    const edge = await proposed();
    const record = { channel: CHANNEL, ts: '1.0', hash: '', state: '' };
    await edge.records.put('slack/message/m1', record);
    expect(await operationOfThread(edge, { channel: CHANNEL, ts: '1.0' })).toBe('m1');
    expect(await operationOfThread(edge, { channel: CHANNEL, ts: '1.1' })).toBeUndefined();
  });
});

describe('through the real Bolt', () => {
  it('a mention in the thread cancels without a VM; a slash command says its whole command', async () => {
    const { slack, operations } = await stageOfTest();
    await slack.say(OPERATOR, '/migrate dc02 to hv-b');
    const { ts } = await slack.waitFor(
      ({ messages }) => messages.find((one) => one.text.includes('Move dc02')),
      { timeoutMs: TIMEOUT_MS },
    );
    await slack.say(OPERATOR, '/migrate cancle dc02');
    const near = await slack.waitFor(
      ({ ephemerals }) => ephemerals.find((one) => one.text.includes('Did you mean')),
      { timeoutMs: TIMEOUT_MS },
    );
    expect(near.text).toContain('/migrate cancel dc02');
    await slack.say(OPERATOR, '@ferry cancel', { threadTs: ts });
    const reply = await slack.waitFor(
      ({ messages }) => messages.find((one) => one.text.includes('m1 is being cancelled')),
      { timeoutMs: TIMEOUT_MS },
    );
    expect(reply.threadTs).toBe(ts);
    expect(operations.asked).toContain(`cancel m1 ${OPERATOR}`);
  });

  it('what is delivered twice is run and answered once, as a command and as a mention', async () => {
    const { slack, operations } = await stageOfTest();
    await slack.weather({ envelopesRepeated: true });
    await slack.say(OPERATOR, '/migrate enroll hv-b ABCD');
    await slack.say(OPERATOR, '@ferry limit dc02 off');
    await slack.weather({ envelopesRepeated: false });
    await slack.say(OPERATOR, '@ferry hosts');
    await slack.waitFor(({ messages }) => messages.some((one) => one.text.includes('hv-a')), {
      timeoutMs: TIMEOUT_MS,
    });
    // A mention needs no look at the asker's language: it may be the quicker one.
    expect(operations.asked.toSorted()).toEqual([
      `enroll hv-b ABCD ${OPERATOR}`,
      `limit dc02 none ${OPERATOR}`,
    ]);
  });

  it('people and channels typed as names are shown as they were typed', async () => {
    const { slack } = await stageOfTest();
    await slack.say(OPERATOR, '/migrate status @zoe');
    const { text } = await slack.waitFor(
      ({ ephemerals }) => ephemerals.find((one) => one.text.includes('under way')),
      { timeoutMs: TIMEOUT_MS },
    );
    expect(text).toContain('No migration of @zoe is under way.');
  });

  it('a listener that fails has acknowledged, and the person is told', async () => {
    const { slack, operations } = await stageOfTest();
    operations.hosts = () => Promise.reject(new Error('broken'));
    expect((await slack.say(OPERATOR, '/migrate hosts')).outcome).toBe('acknowledged');
    await slack.waitFor(({ ephemerals }) => ephemerals.some((one) => one.text.includes('broken')), {
      timeoutMs: TIMEOUT_MS,
    });
  });
});
