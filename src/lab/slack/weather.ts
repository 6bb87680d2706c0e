/** What goes wrong between the bot and Slack while it is switched on: by tests, or by the page. */

import { z } from 'zod';

const LATE_MS_MAX = 60_000;
const NAMES_MAX = 100;

/**
 * `envelopesLateMs`: how long each one is under way; the 3 s for its ack begin before.
 * `acksLost`: the bot acts and acknowledges, and Slack never hears it.
 * `rateLimits`: `slack` has Slack's rates with a burst, `strict` has the same with next to none.
 * `notInChannels`: public channels that somebody removed the bot from.
 * `webApi`: `down` cuts each call without an answer; response_urls and uploads are part of it.
 */
export const weatherSchema = z.object({
  envelopesRepeated: z.boolean(),
  envelopesReordered: z.boolean(),
  envelopesLateMs: z.number().int().min(0).max(LATE_MS_MAX),
  acksLost: z.boolean(),
  rateLimits: z.enum(['off', 'slack', 'strict']),
  notInChannels: z.array(z.string()).max(NAMES_MAX).readonly(),
  missingScopes: z.array(z.string()).max(NAMES_MAX).readonly(),
  webApi: z.enum(['up', 'down', 'http-500']),
});

/** Some conditions; those that are absent stay as they are. */
export const weatherChangeSchema = z.object({
  envelopesRepeated: weatherSchema.shape.envelopesRepeated.exactOptional(),
  envelopesReordered: weatherSchema.shape.envelopesReordered.exactOptional(),
  envelopesLateMs: weatherSchema.shape.envelopesLateMs.exactOptional(),
  acksLost: weatherSchema.shape.acksLost.exactOptional(),
  rateLimits: weatherSchema.shape.rateLimits.exactOptional(),
  notInChannels: weatherSchema.shape.notInChannels.exactOptional(),
  missingScopes: weatherSchema.shape.missingScopes.exactOptional(),
  webApi: weatherSchema.shape.webApi.exactOptional(),
});

export type Weather = Readonly<z.infer<typeof weatherSchema>>;

export const FAIR: Weather = {
  envelopesRepeated: false,
  envelopesReordered: false,
  envelopesLateMs: 0,
  acksLost: false,
  rateLimits: 'off',
  notInChannels: [],
  missingScopes: [],
  webApi: 'up',
};
