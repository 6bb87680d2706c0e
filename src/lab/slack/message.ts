/** What the lab knows of one message: the shape that is stored, sent to watchers and rendered. */

import { z } from 'zod';
import { CHANNEL } from './workspace.ts';

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

export const FILE_BYTES_MAX = 16 * 1_048_576;

/** A file of a message. Its content is read from `url` with the control token as bearer. */
export const fileSchema = z.object({
  id: z.string(),
  name: z.string(),
  title: z.string(),
  mimetype: z.string(),
  /** Bytes. */
  size: z.number().int().max(FILE_BYTES_MAX),
  url: z.string(),
});

export type LabFile = Readonly<z.infer<typeof fileSchema>>;

/** `command` and `click` are no Slack messages: they let a transcript show what people did. */
export const messageSchema = z.object({
  kind: z.enum(['message', 'ephemeral', 'command', 'click']),
  channel: z.string().default(CHANNEL.id),
  ts: z.string().regex(/^\d{10}\.\d{6}$/),
  author: z.string(),
  text: z.string(),
  blocks: z.array(blockSchema).readonly(),
  files: z.array(fileSchema).readonly().default([]),
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
