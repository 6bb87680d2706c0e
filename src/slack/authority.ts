/**
 * Who may do what, by Slack user id and user group, and which hosts a channel may touch. The answer
 * to a stranger says who may. Workers know neither people nor channels: this is the bot's word.
 */

import { countingApprovers } from '../domain/approvers.ts';
import { Problem, type ProblemRecord } from '../domain/problem.ts';
import { type Groups, groupsOf } from './groups.ts';
import type { Roles } from './ports.ts';

/** `viewer`: anybody with a role. */
export type Audience = 'anyone' | 'viewer' | 'operator' | 'approver' | 'operator or approver';
/** Whom messages name. */
export type Role = 'operator' | 'approver' | 'administrator';

export interface Denied {
  readonly problem: ProblemRecord;
  /** User and group ids of those who may. */
  readonly whoMay: readonly string[];
  /** Groups that count as empty, and why: the asker may well be a member. */
  readonly unread?: readonly ProblemRecord[];
  /** Ids of the channels where it may be asked. */
  readonly channels?: readonly string[];
}

/** Thrown where only the operation shows that the asker may not. */
export class DeniedProblem extends Problem {
  readonly denied: Denied;

  constructor(denied: Denied) {
    super(denied.problem.code, denied.problem.facts);
    this.denied = denied;
  }
}

/** Who asks, and from where. */
export interface Asker {
  /** Slack user id. */
  readonly user: string;
  readonly channel: string;
}

/** The hosts that may be seen and touched from a channel; names without regard to case. */
export interface ChannelScope {
  readonly channel: string;
  readonly hosts: 'all' | readonly string[];
}

export interface Others {
  /** Slack user ids of the people whose approval would count. */
  readonly users: readonly string[];
  readonly unread: readonly ProblemRecord[];
}

export interface Authority {
  /** `undefined` when the asker may. A group that cannot be read has no members. */
  denied(asker: Asker, audience: Audience): Promise<Denied | undefined>;
  /** `undefined` when what concerns these hosts may be asked in this channel. */
  deniedHere(asker: Pick<Asker, 'channel'>, hosts: readonly string[]): Denied | undefined;
  /** The hosts of a channel; `all` where channels have no hosts of their own. */
  hostsOf(channel: string): ChannelScope['hosts'];
  /** Where the message of what is asked is to live. */
  channelFor(asker: Asker): Promise<string>;
  /** User and group ids to mention when people of this role must look. */
  whoIs(role: Role): readonly string[];
  /** Everybody whose approval counts for what this person asks. */
  approversFor(request: { requestedBy: string; twoPersons: boolean }): Promise<Others>;
  /** All people of a role, with the groups that could not be read. */
  peopleWho(role: Role): Promise<Others>;
}

export interface AuthorityOptions {
  readonly groups?: Groups;
  /** Absent: every channel that the bot is in may touch every host. */
  readonly channels?: readonly ChannelScope[] | undefined;
  /** Where messages go when the channel they were asked in is not for them. */
  readonly home?: string;
  /** Whether the bot can write there; asked only where channels have no hosts of their own. */
  readonly canPost?: (channel: string) => Promise<boolean>;
}

/** Without a reader every group is closed. */
const unread = groupsOf(() => Promise.reject(new Error('nobody reads groups here')));

export function authorityOf(roles: Roles, options: AuthorityOptions = {}): Authority {
  const { groups = unread, channels, home, canPost = async () => true } = options;
  const people = (ids: readonly string[]) => peopleOf(ids, groups);
  const hostsOf = (channel: string): ChannelScope['hosts'] =>
    channels ? (channels.find((one) => one.channel === channel)?.hosts ?? []) : 'all';
  return {
    async denied({ user }, audience) {
      if (audience === 'anyone') return undefined;
      const whoMay = idsOf(roles, audience);
      // Named people need no call to Slack: they are not locked out when it does not answer.
      if (whoMay.includes(user)) return undefined;
      const found = await people(whoMay);
      if (found.users.includes(user)) return undefined;
      const problem = { code: CODES[audience], facts: {} };
      return { problem, whoMay, ...(found.unread.length > 0 ? { unread: found.unread } : {}) };
    },
    deniedHere({ channel }, hosts) {
      const here = hostsOf(channel);
      const foreign = hosts.filter((host) => !includesHost(here, host));
      if (foreign.length === 0) return undefined;
      const facts = { hosts: foreign, here: here === 'all' ? [] : here };
      const problem = { code: 'channel-not-for-hosts', facts };
      return { problem, whoMay: [], channels: channelsFor(channels ?? [], hosts) };
    },
    hostsOf,
    async channelFor({ channel }) {
      if (channels)
        return channels.some((one) => one.channel === channel) ? channel : (home ?? channel);
      return channel === home || (await canPost(channel)) ? channel : (home ?? channel);
    },
    whoIs: (role) => idsOf(roles, role),
    async approversFor(request) {
      const found = await people(roles.approvers);
      return { ...found, users: countingApprovers(found.users, request) };
    },
    peopleWho: (role) => people(idsOf(roles, role)),
  };
}

export const includesHost = (hosts: ChannelScope['hosts'], host: string): boolean =>
  hosts === 'all' || hosts.some((one) => one.toLowerCase() === host.toLowerCase());

const channelsFor = (channels: readonly ChannelScope[], hosts: readonly string[]): string[] =>
  channels
    .filter((scope) => hosts.every((host) => includesHost(scope.hosts, host)))
    .map(({ channel }) => channel);

/** User and group ids, each once, as they are configured. */
function idsOf(roles: Roles, audience: Exclude<Audience, 'anyone'> | Role): readonly string[] {
  switch (audience) {
    case 'administrator':
      return roles.administrators ?? [];
    case 'operator':
      return roles.operators;
    case 'approver':
      return roles.approvers;
    case 'operator or approver':
      return [...new Set([...roles.operators, ...roles.approvers])];
    case 'viewer':
      return [...new Set([...roles.operators, ...roles.approvers, ...roles.viewers])];
  }
}

/** Slack's ids begin with what they name; S is a user group. */
export const isGroup = (id: string): boolean => id.startsWith('S');

async function peopleOf(ids: readonly string[], groups: Groups): Promise<Others> {
  const read = await Promise.all(ids.filter(isGroup).map((group) => groups.members(group)));
  const users = [...ids.filter((id) => !isGroup(id)), ...read.flatMap((group) => group.users)];
  return {
    users: [...new Set(users)],
    unread: read.flatMap(({ problem }) => (problem ? [problem] : [])),
  };
}

const CODES = {
  operator: 'not-an-operator',
  approver: 'not-an-approver',
  'operator or approver': 'without-a-role',
  viewer: 'not-a-viewer',
} as const;
