/** Answers to people: by the response_url, and where that fails as an ephemeral message. */

import type { RespondFn } from '@slack/bolt';
import type { WebClient } from '@slack/web-api';
import { toProblemRecord } from '../domain/problem.ts';
import type { Log } from './ports.ts';
import type { Message } from './views/blocks.ts';

export interface Asked {
  readonly respond: RespondFn;
  readonly client: Pick<WebClient, 'chat'>;
  /** Slack user id. */
  readonly user: string;
  readonly channel: string;
  readonly threadTs?: string | undefined;
  readonly log: Log;
}

/** Only the one who asked sees it. Never rejects: what cannot be delivered is logged. */
export async function reply({ text, blocks }: Message, asked: Asked): Promise<void> {
  const { respond, client, user, channel, threadTs, log } = asked;
  const content = { text, blocks: [...blocks] };
  try {
    await respond({ response_type: 'ephemeral', replace_original: false, ...content });
  } catch (error) {
    log('slack-answer-undelivered', { ...factsOf(error), by: 'response_url', user });
    const thread = threadTs === undefined ? {} : { thread_ts: threadTs };
    try {
      await client.chat.postEphemeral({ channel, user, ...thread, ...content });
    } catch (second) {
      log('slack-answer-undelivered', { ...factsOf(second), by: 'chat.postEphemeral', user });
    }
  }
}

function factsOf(error: unknown) {
  const { code, facts } = toProblemRecord(error);
  return { ...facts, code };
}
