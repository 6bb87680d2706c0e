/** What an app answers to a payload, by ack or by response_url, as a message in the channel. */

import { z } from 'zod';
import type { Channel } from './channel.ts';
import type { LabMessage } from './message.ts';
import { contentOf } from './message-rules.ts';
import { Refusal } from './refusal.ts';
import type { ResponseTarget } from './short-lived.ts';
import { APP } from './workspace.ts';

const answerSchema = z.looseObject({
  response_type: z.enum(['ephemeral', 'in_channel']).optional(),
  replace_original: z.boolean().optional(),
  delete_original: z.boolean().optional(),
  thread_ts: z.string().optional(),
});

/** Puts the answer where it belongs. @throws Refusal as Slack words it */
export function putAnswer(
  channel: Channel,
  body: Readonly<Record<string, unknown>>,
  target: ResponseTarget,
): LabMessage {
  const parsed = answerSchema.safeParse(body);
  if (!parsed.success) throw new Refusal('invalid_arguments');
  const { response_type, replace_original, delete_original, thread_ts } = parsed.data;
  const original = target.originalTs === undefined ? undefined : channel.find(target.originalTs);
  if (delete_original) {
    if (!original) throw new Refusal('message_not_found');
    return channel.edit(original, { isDeleted: true });
  }
  const content = contentOf(body);
  if (replace_original && original) return channel.edit(original, content);
  const isPublic = response_type === 'in_channel';
  return channel.post({
    ...content,
    kind: isPublic ? 'message' : 'ephemeral',
    author: APP.userId,
    channel: target.channel,
    threadTs: thread_ts ?? target.threadTs,
    ...(isPublic ? {} : { to: target.userId }),
  });
}
