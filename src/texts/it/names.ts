/** Names that facts hold in English, as Italian says them. */

import type { Role } from '../../domain/journal.ts';
import type { Fact } from '../../domain/problem.ts';
import { listText } from './amounts.ts';
import { commands } from './commands.ts';

/** What another version of Ferry named is shown as it came. */
const saidBy =
  (names: Readonly<Record<string, string>>) =>
  (name: Fact | undefined): string =>
    names[String(name)] ?? String(name);

export const vmStateText = saidBy(commands.vmState);
export const outcomeText = saidBy(commands.outcome);

const ROLES = {
  operators: 'operatori',
  approvers: 'approvatori',
  administrators: 'amministratori',
  viewers: 'osservatori',
};
const roleText = saidBy(ROLES);

/** The roles of people. */
export const rolesText = (roles: Fact | undefined): string =>
  Array.isArray(roles) ? listText(roles.map(roleText)) : roleText(roles);

const AUTHORS: Readonly<Record<Role, string>> = {
  bot: 'dal bot',
  source: "dall'host di origine",
  target: "dall'host di destinazione",
};

/** Who wrote an entry. */
export const byAuthorText = saidBy(AUTHORS);
