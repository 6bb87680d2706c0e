/** A message as the lab knows it, for tests. */

import type { LabMessage } from '../../../src/lab/slack/message.ts';

export function labMessage(more: Partial<LabMessage>): LabMessage {
  return {
    kind: 'message',
    channel: 'C-MIGRATIONS',
    files: [],
    ts: '1690000000.000100',
    author: 'U-FERRY',
    text: '',
    blocks: [],
    isBroadcast: false,
    edits: 0,
    isDeleted: false,
    version: 1,
    ...more,
  };
}
