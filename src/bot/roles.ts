/** Who may do what, as the bot is configured. */

import type { BotConfig } from '../config.ts';
import type { Roles } from '../slack/ports.ts';

export const rolesOf = (config: BotConfig): Roles => ({
  operators: config.FERRY_OPERATORS,
  approvers: config.FERRY_APPROVERS,
  viewers: config.FERRY_VIEWERS,
});
