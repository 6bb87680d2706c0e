/** What people type on a command line, the same in every language. */

import type { Fact } from '../domain/problem.ts';

/** `environment` is HOST.env on a host and bot.env on the bot's machine. */
export const migrationLine = (
  command: string,
  operation: Fact | undefined = 'ID',
  environment = 'HOST.env',
): string => `npm run -s ferry -- --env ${environment} migration ${command} ${operation}`;
