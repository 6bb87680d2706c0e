/** What the lab knows of one message: the shape that is stored, sent to watchers and rendered. */

import { z } from 'zod';

export const blockSchema = z.looseObject({
  type: z.string(),
  block_id: z.string().optional(),
});

/** A Block Kit block or element, as it came: rules.ts has checked what Slack checks. */
export type Block = Readonly<z.infer<typeof blockSchema>>;

export const metadataSchema = z.object({
  event_type: z.string(),
  event_payload: z.record(z.string(), z.unknown()),
});

/** `command` and `click` are no Slack messages: they let a transcript show what people did. */
export const messageSchema = z.object({
  kind: z.enum(['message', 'ephemeral', 'command', 'click']),
  ts: z.string().regex(/^\d{10}\.\d{6}$/),
  author: z.string(),
  text: z.string(),
  blocks: z.array(blockSchema).readonly(),
  /** The first message of the thread that this one answers. */
  threadTs: z.string().optional(),
  isBroadcast: z.boolean(),
  metadata: metadataSchema.optional(),
  /** The only person who sees an ephemeral message. */
  to: z.string().optional(),
  edits: z.number().int(),
  editedTs: z.string().optional(),
  isDeleted: z.boolean(),
  /** The channel's change counter when this message last changed. */
  version: z.number().int(),
});

export type LabMessage = Readonly<z.infer<typeof messageSchema>>;

export const isShown = ({ kind, isDeleted }: LabMessage): boolean =>
  kind === 'message' && !isDeleted;
