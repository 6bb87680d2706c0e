/** What the app asks of a workspace: `manifest.json`, which people paste into Slack. */

import { readFileSync } from 'node:fs';
import { z } from 'zod';

const schema = z.object({
  oauth_config: z.object({
    scopes: z.object({ bot: z.array(z.string()), bot_optional: z.array(z.string()) }),
  }),
});

const file = new URL('../../manifest.json', import.meta.url);
const { scopes } = schema.parse(JSON.parse(readFileSync(file, 'utf8'))).oauth_config;

/** Without these something does not work. */
export const SCOPES_NEEDED: readonly string[] = scopes.bot.filter(
  (scope) => !scopes.bot_optional.includes(scope),
);
/** Without these the bot says that it may have posted something twice. */
export const SCOPES_OPTIONAL: readonly string[] = scopes.bot_optional;
