/** Whose thread it is: in the thread of an operation's message its VM goes without saying. */

import { z } from 'zod';
import { messageKey, readRecord } from './message-record.ts';
import type { MessageRecords, Operations } from './ports.ts';

interface Place {
  readonly channel: string;
  readonly ts: string;
}

const threadKey = ({ channel, ts }: Place): string => `slack/thread/${channel}/${ts}`;

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
    const record = await readRecord(records, messageKey(operation));
    if (record?.channel === thread.channel && record.ts === thread.ts) return operation;
  }
  return undefined;
}
