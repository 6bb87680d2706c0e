/** What the lab knows of a modal or a Home tab: the shape that watchers get. */

import { z } from 'zod';
import { blockSchema } from './message.ts';

const plainTextSchema = z.looseObject({ type: z.literal('plain_text'), text: z.string() });

/** As the app sent it, with what Slack adds. `view-rules.ts` has checked the limits. */
export const viewSchema = z.object({
  type: z.enum(['modal', 'home']),
  title: plainTextSchema.optional(),
  blocks: z.array(blockSchema).readonly(),
  submit: plainTextSchema.optional(),
  close: plainTextSchema.optional(),
  callback_id: z.string(),
  private_metadata: z.string(),
  external_id: z.string(),
  clear_on_close: z.boolean(),
  notify_on_close: z.boolean(),
  hash: z.string(),
});

export type View = Readonly<z.infer<typeof viewSchema>>;

/** Slack's `state.values`: by block_id, then by action_id. */
export const stateValuesSchema = z.record(
  z.string(),
  z.record(z.string(), z.looseObject({ type: z.string() })),
);

export type StateValues = Readonly<z.infer<typeof stateValuesSchema>>;

export const openViewSchema = z.object({
  viewId: z.string(),
  view: viewSchema,
  values: stateValuesSchema,
});

export type OpenView = Readonly<z.infer<typeof openViewSchema>>;
