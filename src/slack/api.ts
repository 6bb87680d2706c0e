/** Slack's Web API: where it is, and what its refusals say. */

import webApi from '@slack/web-api';

export const SLACK_API_URL = 'https://slack.com/api/';

/** In a private channel that the bot is not in, Slack says that there is none. */
const NOT_IN_CHANNEL: readonly string[] = ['channel_not_found', 'not_in_channel', 'is_archived'];
const NOT_PERMITTED: readonly string[] = [
  'missing_scope',
  'no_permission',
  'not_allowed_token_type',
];

export const saysNotInChannel = (refusal = ''): boolean => NOT_IN_CHANNEL.includes(refusal);

export const saysNotPermitted = (refusal = ''): boolean => NOT_PERMITTED.includes(refusal);

/** Slack's own word, such as `not_in_channel`; `undefined` for an error that is not Slack's. */
export const refusalIn = (error: unknown): string | undefined =>
  error instanceof webApi.WebAPIPlatformError ? error.data.error : undefined;

export const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error);
