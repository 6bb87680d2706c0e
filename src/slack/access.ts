/** Roles and channels as the bot is configured, with what Slack tells of groups and channels. */

import { canBeApproved, countingApprovers } from '../domain/approvers.ts';
import { Problem } from '../domain/problem.ts';
import { type Authority, authorityOf, type ChannelScope } from './authority.ts';
import { groupsOf } from './groups.ts';
import { type SlackLookOptions, slackLookOf } from './look.ts';
import type { Log, Roles } from './ports.ts';

const FRESH_MS = 60_000;

export interface AccessOptions extends SlackLookOptions {
  readonly roles: Roles;
  readonly channels?: readonly ChannelScope[] | undefined;
  /** Where messages go when the bot cannot write where it was asked. */
  readonly channel: string;
  readonly log: Log;
}

export function accessOf(options: AccessOptions): Authority {
  const { roles, channels, channel, log } = options;
  const look = slackLookOf(options);
  const known = new Map<string, { freshUntil: number; isIn: boolean }>();
  const canPost = async (asked: string): Promise<boolean> => {
    const before = known.get(asked);
    if (before && Date.now() < before.freshUntil) return before.isIn;
    // Without the scope to look it is not known, and a message that nobody sees helps nobody.
    const isIn = await look.isInChannel(asked).catch((error: unknown) => {
      log('slack-channel-unknown', { channel: asked, error: String(error) });
      return false;
    });
    // Only what is fresh is kept, so that the map stays as small as what is in use.
    for (const [one, { freshUntil }] of known) if (Date.now() >= freshUntil) known.delete(one);
    known.set(asked, { freshUntil: Date.now() + FRESH_MS, isIn: isIn === true });
    return isIn === true;
  };
  const groups = groupsOf(async (group) => {
    const users = await look.group(group);
    if (users !== 'absent') return users;
    throw new Problem('group-unreadable', { group, error: 'no_such_subteam' });
  });
  return authorityOf(roles, { groups, channels, home: channel, canPost });
}

export interface ApprovalRule {
  /** How many different people. */
  readonly needed: number;
  /** The person who asked does not count. */
  readonly twoPersons: boolean;
}

/**
 * Whether anything could be approved at all, now that groups can be read. A group that is closed now
 * may be mended later: it is told in the log, as the doctor tells it, and the bot starts.
 * @throws Problem `approvers-too-few` {needed, found}
 */
export async function checkApprovers(
  authority: Authority,
  { needed, twoPersons }: ApprovalRule,
  log: Log,
): Promise<void> {
  const [operators, approvers] = await Promise.all([
    authority.peopleWho('operator'),
    authority.peopleWho('approver'),
  ]);
  const unread = [...operators.unread, ...approvers.unread];
  for (const { code, facts } of unread) log('slack-group-closed', { ...facts, code });
  if (unread.length > 0) return;
  const people = { operators: operators.users, approvers: approvers.users };
  if (canBeApproved({ ...people, needed, twoPersons })) return;
  const others = people.operators.map(
    (requestedBy) => countingApprovers(people.approvers, { requestedBy, twoPersons }).length,
  );
  throw new Problem('approvers-too-few', { needed, found: Math.max(0, ...others) });
}
