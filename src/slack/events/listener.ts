/** Mentions: `@ferry status` is `/migrate status`, answered in the mention's thread. */

import type { AllMiddlewareArgs, App, SlackEventMiddlewareArgs } from '@slack/bolt';
import { answerTo } from '../commands/run-command.ts';
import { isFirstDelivery } from '../deliveries.ts';
import type { Edge } from '../edge.ts';

/** The mention that begins the text; others stay part of what was asked. */
const LEADING_MENTION = /^\s*<@[A-Z0-9-]+(\|[^<>]*)?>[\s:,]*/;

export function registerEvents(app: App, edge: Edge): void {
  app.event('app_mention', (args) => onMention(args, edge));
}

/** Bolt has acknowledged events already. Bots are not answered: two of them would never end. */
export async function onMention(
  {
    event,
    body,
    client,
  }: Pick<SlackEventMiddlewareArgs<'app_mention'>, 'event' | 'body'> &
    Pick<AllMiddlewareArgs, 'client'>,
  edge: Edge,
): Promise<void> {
  const { user, channel, ts, thread_ts: thread } = event;
  if (!user || event.bot_id) return;
  if (!(await isFirstDelivery(edge, `event ${body.event_id}`))) return;
  const { text, blocks } = await answerTo(event.text.replace(LEADING_MENTION, ''), user, edge);
  await client.chat.postMessage({
    channel,
    thread_ts: thread ?? ts,
    text,
    blocks: [...blocks],
    unfurl_links: false,
    unfurl_media: false,
  });
}
