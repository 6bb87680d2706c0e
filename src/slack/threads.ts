/** Whose thread it is: in the thread of an operation's message its VM goes without saying. */

import { z } from 'zod';
import type { MessageRecords, Operations } from './ports.ts';

interface Place {
  readonly channel: string;
  readonly ts: string;
}

const threadKey = ({ channel, ts }: Place): string => `slack/thread/${channel}/${ts}`;
const placeSchema = z.object({ channel: z.string(), ts: z.string() });

/** Written once the message of an operation has been posted. */
export async function noteThread(
  records: Pick<MessageRecords, 'put'>,
  message: Place,
  operation: string,
): Promise<void> {
  await records.put(threadKey(message), operation);
}

/** The operation whose message begins this thread; `undefined` for any other thread. */
export async function operationOfThread(
  {
    records,
    operations,
  }: { records: Pick<MessageRecords, 'get'>; operations: Pick<Operations, 'openViews'> },
  thread: Place,
): Promise<string | undefined> {
  const noted = z.string().safeParse(await records.get(threadKey(thread)));
  if (noted.success) return noted.data;
  // The bot may have ended between the post and its note.
  for (const { operation } of await operations.openViews()) {
    const { data } = placeSchema.safeParse(await records.get(`slack/message/${operation}`));
    if (data?.channel === thread.channel && data.ts === thread.ts) return operation;
  }
  return undefined;
}
