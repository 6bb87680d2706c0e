/** Who may do what, as the bot is configured. */

import type { BotConfig } from '../config.ts';
import type { Roles } from '../slack/ports.ts';

export const rolesOf = (config: BotConfig): Roles => ({
  operators: config.FERRY_OPERATORS,
  approvers: [...new Set([...config.FERRY_APPROVERS, ...config.FERRY_ADMINISTRATORS])],
  administrators: config.FERRY_ADMINISTRATORS,
  viewers: config.FERRY_VIEWERS,
});
