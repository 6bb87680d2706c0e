/** What people do with fields and modals, and what came of it: the shapes of the control API. */

import { z } from 'zod';

/** `not_sent`: nothing went to the bot (Slack itself keeps or refuses what the person did). */
export const outcomeSchema = z.enum([
  'acknowledged',
  'operation_timeout',
  'dispatch_failed',
  'not_sent',
]);
export type Outcome = z.infer<typeof outcomeSchema>;

/** The text, date or option value of a field; a list where several may be picked; null: none. */
export const fieldValueSchema = z.union([z.string(), z.array(z.string()).readonly(), z.null()]);
export type FieldValue = z.infer<typeof fieldValueSchema>;

/** By block_id, then by action_id. */
export const fieldValuesSchema = z.record(z.string(), z.record(z.string(), fieldValueSchema));
export type FieldValues = Readonly<z.infer<typeof fieldValuesSchema>>;

/** An element of a message or of a view. */
const placeSchema = z.object({
  messageTs: z.string().exactOptional(),
  viewId: z.string().exactOptional(),
  blockId: z.string(),
  actionId: z.string(),
});
export type Place = Readonly<z.infer<typeof placeSchema>>;

/** A button takes no value; for the other elements it is null by default. */
export const choiceSchema = placeSchema.extend({ value: fieldValueSchema.exactOptional() });
export type Choice = Readonly<z.infer<typeof choiceSchema>>;

export const questionSchema = placeSchema.extend({ typed: z.string() });
export type Question = Readonly<z.infer<typeof questionSchema>>;

export const chosenSchema = z.object({ outcome: outcomeSchema });
export type Chosen = Readonly<z.infer<typeof chosenSchema>>;

const offeredOptionSchema = z.object({
  text: z.string(),
  value: z.string(),
  description: z.string().exactOptional(),
  /** The label of its option group. */
  group: z.string().exactOptional(),
});

/** `refusal`: the error of Slack when the bot's answer is none that it takes. */
export const offeredSchema = z.object({
  outcome: outcomeSchema,
  options: z.array(offeredOptionSchema).readonly(),
  refusal: z.string().exactOptional(),
});
export type Offered = Readonly<z.infer<typeof offeredSchema>>;

/** `errors` by block_id: the bot's, or Slack's own for a field that must be filled in. */
export const submittedSchema = z.object({
  outcome: outcomeSchema,
  errors: z.record(z.string(), z.string()).exactOptional(),
  refusal: z.string().exactOptional(),
});
export type Submitted = Readonly<z.infer<typeof submittedSchema>>;
