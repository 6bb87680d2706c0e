/** The doctor's look at Slack: tokens, scopes, the channel, the connections, and who the roles are. */

import type { Finding, Severity } from '../domain/finding.ts';
import { type Facts, Problem } from '../domain/problem.ts';
import type { SlackLook } from '../slack/look.ts';
import { SCOPES_NEEDED, SCOPES_OPTIONAL } from '../slack/manifest.ts';
import type { Roles } from '../slack/ports.ts';

/** Of Socket Mode, right now. */
export interface Connections {
  readonly open: number;
  readonly wanted: number;
}

export interface SlackLooking {
  readonly look: SlackLook;
  readonly channel: string;
  readonly roles: Roles;
  readonly approversNeeded: number;
  /** The person who asked must not be the one who approves. */
  readonly twoPersons: boolean;
  /** `undefined` when the bot does not run, or does not say. */
  readonly connections: () => Promise<Connections | undefined>;
}

/** One call for each, all at once. */
const PEOPLE_MAX = 50;

export async function slackFindings(looking: SlackLooking): Promise<Finding[]> {
  const { look, channel } = looking;
  const parts = await Promise.all([
    whenReadable('bot-token', () => botTokenFindings(look)),
    whenReadable('app-token', async () => {
      await look.app();
      return [say('app-token', 'ok', 'doctor-app-token-ok')];
    }),
    whenReadable('channel', async () => [await channelFinding(look, channel)]),
    looking.connections().then(connectionsFindings),
    roleFindings(looking),
  ]);
  return distinct(parts.flat());
}

/** When Slack is away every question ends alike: it is said once. */
function distinct(findings: readonly Finding[]): Finding[] {
  const byWords = new Map(findings.map((one) => [JSON.stringify([one.code, one.facts]), one]));
  return [...byWords.values()];
}

const say = (check: string, severity: Severity, code: string, facts: Facts = {}): Finding => {
  return { check, severity, code, facts };
};

/** A token that is refused is a blocker; whatever else hides the answer leaves it unknown. */
async function whenReadable(check: string, run: () => Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const severity = error.code === 'slack-token-refused' ? 'blocker' : 'unknown';
    return [say(check, severity, error.code, error.facts)];
  }
}

async function botTokenFindings(look: SlackLook): Promise<Finding[]> {
  const { user, team, scopes } = await look.bot();
  const token = say('bot-token', 'ok', 'doctor-bot-token-ok', { user, team });
  if (!scopes) return [token, say('scopes', 'unknown', 'doctor-scopes-unknown')];
  return [token, ...scopesFindings(scopes)];
}

/** What the manifest asks for against what the workspace granted. */
export function scopesFindings(granted: readonly string[]): Finding[] {
  const lacking = (wanted: readonly string[]) => wanted.filter((one) => !granted.includes(one));
  const missing = lacking(SCOPES_NEEDED);
  const declined = lacking(SCOPES_OPTIONAL);
  const known = [...SCOPES_NEEDED, ...SCOPES_OPTIONAL];
  const extra = granted.filter((one) => !known.includes(one));
  const findings = [
    ...(missing.length > 0
      ? [say('scopes', 'blocker', 'doctor-scopes-missing', { scopes: missing })]
      : []),
    ...(declined.length > 0
      ? [say('scopes', 'warning', 'doctor-scopes-declined', { scopes: declined })]
      : []),
    ...(extra.length > 0
      ? [say('scopes', 'warning', 'doctor-scopes-extra', { scopes: extra })]
      : []),
  ];
  return findings.length > 0 ? findings : [say('scopes', 'ok', 'doctor-scopes-ok')];
}

async function channelFinding(look: SlackLook, channel: string): Promise<Finding> {
  const isIn = await look.isInChannel(channel);
  // Only an optional scope tells: whoever declined it must be able to live without.
  if (isIn === 'cannot look')
    return say('channel', 'warning', 'doctor-channel-unknown', { channel });
  return isIn
    ? say('channel', 'ok', 'doctor-channel-ok', { channel })
    : say('channel', 'blocker', 'doctor-channel-not-in', { channel });
}

function connectionsFindings(connections: Connections | undefined): Finding[] {
  if (!connections) return [say('connections', 'unknown', 'doctor-connections-unknown')];
  const { open, wanted } = connections;
  const facts = { open, wanted };
  if (open === 0) return [say('connections', 'blocker', 'doctor-connections-none', facts)];
  return open < wanted
    ? [say('connections', 'warning', 'doctor-connections-few', facts)]
    : [say('connections', 'ok', 'doctor-connections-ok', facts)];
}

interface People {
  readonly findings: readonly Finding[];
  /** Ids of those who can act; `undefined` when that is not known. */
  readonly able: readonly string[] | undefined;
}

async function roleFindings(looking: SlackLooking): Promise<Finding[]> {
  const { look, roles } = looking;
  const named = new Set<string>(Object.values(roles).flat());
  const ids = [...named].slice(0, PEOPLE_MAX);
  const looked = new Map<string, People>();
  await Promise.all(
    ids.map(async (id) => {
      const theirs = Object.entries(roles).filter(([, members]) => members.includes(id));
      const names = theirs.map(([role]) => role);
      looked.set(id, await peopleOf(look, id, names));
    }),
  );
  const findings = [
    ...[...looked.values()].flatMap((people) => people.findings),
    ...(named.size > ids.length
      ? [say('roles', 'unknown', 'doctor-roles-many', { people: named.size, looked: ids.length })]
      : []),
    ...fewApprovers(looking, looked),
  ];
  return findings.length > 0
    ? findings
    : [say('roles', 'ok', 'doctor-roles-ok', { people: ids.length })];
}

/** Whoever asks does not count as the second person: a single operator cannot approve. */
function fewApprovers(
  { roles, approversNeeded: needed, twoPersons }: SlackLooking,
  looked: ReadonlyMap<string, People>,
): Finding[] {
  const ableIn = (role: readonly string[]): ReadonlySet<string> | undefined => {
    const able = role.map((id) => looked.get(id)?.able);
    return able.every((some) => some !== undefined) ? new Set(able.flat()) : undefined;
  };
  const [approvers, operators] = [ableIn(roles.approvers), ableIn(roles.operators)];
  if (!approvers || !operators) return [];
  const others = twoPersons && operators.size === 1 ? approvers.difference(operators) : approvers;
  if (others.size >= needed) return [];
  const facts = { needed, found: others.size };
  return [say('roles', 'blocker', 'doctor-approvers-few', facts)];
}

/** A user id or a group id, as it stands in FERRY_OPERATORS and the like. */
async function peopleOf(look: SlackLook, id: string, roles: readonly string[]): Promise<People> {
  try {
    return id.startsWith('S') ? await groupOf(look, id, roles) : await userOf(look, id, roles);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, facts } = error;
    const finding =
      code === 'slack-call-refused'
        ? say('roles', 'unknown', 'doctor-role-unread', { id, roles, reason: facts.error ?? code })
        : say('roles', 'unknown', code, facts);
    return { findings: [finding], able: undefined };
  }
}

async function userOf(look: SlackLook, user: string, roles: readonly string[]): Promise<People> {
  const state = await look.user(user);
  const facts = { user, roles };
  switch (state) {
    case 'active':
      return { findings: [], able: [user] };
    case 'absent':
      return { findings: [say('roles', 'blocker', 'doctor-role-absent', facts)], able: [] };
    case 'deactivated':
      return { findings: [say('roles', 'warning', 'doctor-role-deactivated', facts)], able: [] };
    case 'bot':
      return { findings: [say('roles', 'warning', 'doctor-role-bot', facts)], able: [] };
  }
}

async function groupOf(look: SlackLook, group: string, roles: readonly string[]): Promise<People> {
  const members = await look.group(group);
  if (members === 'absent') {
    const facts = { user: group, roles };
    return { findings: [say('roles', 'blocker', 'doctor-role-absent', facts)], able: [] };
  }
  if (members.length > 0) return { findings: [], able: members };
  const finding = say('roles', 'warning', 'doctor-role-group-empty', { group, roles });
  return { findings: [finding], able: [] };
}
