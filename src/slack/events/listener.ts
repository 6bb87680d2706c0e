/** Mentions: `@ferry status` is `/migrate status`, answered in the mention's thread. */

import type { AllMiddlewareArgs, App, SlackEventMiddlewareArgs } from '@slack/bolt';
import { answerTo } from '../commands/run-command.ts';
import { isFirstDelivery } from '../deliveries.ts';
import type { Edge } from '../edge.ts';
import { operationOfThread } from '../threads.ts';
import { problemAnswer } from '../views/answers.ts';
import type { Message } from '../views/blocks.ts';
import { registerRest } from './rest.ts';

/** The mention that begins the text; others stay part of what was asked. */
const LEADING_MENTION = /^\s*<@([A-Z0-9-]+)(?:\|[^<>]*)?>[\s:,]*/;

export function registerEvents(app: App, edge: Edge): void {
  app.event('app_mention', (args) => onMention(args, edge));
  registerRest(app, edge);
}

type Mention = Pick<SlackEventMiddlewareArgs<'app_mention'>, 'event' | 'body'> &
  Pick<AllMiddlewareArgs, 'client'> & { readonly context: { readonly botUserId?: string } };

/** Bolt has acknowledged events already. Bots are not answered: two of them would never end. */
export async function onMention(mention: Mention, edge: Edge): Promise<void> {
  const { event, body, context } = mention;
  const { user, bot_id: bot, subtype } = event as typeof event & { subtype?: string };
  if (!user || bot || subtype === 'bot_message' || user === context.botUserId) return;
  if (!(await isFirstDelivery(edge, `event ${body.event_id}`))) return;
  // Most answers stand in the thread for all to read, so all of them are in the channel's language.
  const channels = { ...edge, wordsFor: () => edge.wordsFor() };
  const { text, blocks, onlyForAsker } = await answerToMention(mention, user, channels);
  await say(mention, user, { text, blocks, ...(onlyForAsker ? { onlyForAsker } : {}) });
}

/** A message that only talks about the bot, or was edited, asks nothing: nothing of it is run. */
async function answerToMention(
  { event, context }: Mention,
  user: string,
  edge: Edge,
): Promise<Message> {
  const notRun = async (code: string): Promise<Message> => {
    const answer = problemAnswer({ code, facts: {} }, await edge.wordsFor());
    return { ...answer, onlyForAsker: true };
  };
  if ('edited' in event && event.edited) return await notRun('mention-edited');
  const [whole, mentioned] = LEADING_MENTION.exec(event.text) ?? [];
  const isOfBot = context.botUserId === undefined || mentioned === context.botUserId;
  if (whole === undefined || !isOfBot) return await notRun('mention-not-first');
  const { channel, thread_ts: thread } = event;
  const operation =
    thread === undefined ? undefined : await operationOfThread(edge, { channel, ts: thread });
  return await answerTo(event.text.slice(whole.length), { user, channel, operation }, edge);
}

async function say({ event, client }: Mention, user: string, answer: Message): Promise<void> {
  const { text, blocks, onlyForAsker } = answer;
  const { channel, ts, thread_ts: thread } = event;
  const content = { channel, text, blocks: [...blocks] };
  if (onlyForAsker) {
    // Nobody sees an ephemeral answer in a thread that is not open yet.
    const place = thread === undefined ? {} : { thread_ts: thread };
    await client.chat.postEphemeral({ ...content, ...place, user });
    return;
  }
  const shown = { unfurl_links: false, unfurl_media: false };
  await client.chat.postMessage({ ...content, ...shown, thread_ts: thread ?? ts });
}
