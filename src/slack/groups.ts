/**
 * The members of Slack's user groups. They are read again after a minute, so that whoever left a
 * group has lost its role by then. It fails closed: a group that cannot be read has no members, and
 * what was read before does not count any longer.
 */

import { Problem, type ProblemRecord, toProblemRecord } from '../domain/problem.ts';

const FRESH_MS = 60_000;
/** Slack allows about 20 such calls a minute: after a failure nobody is asked anew at once. */
const FAILED_MS = 10_000;
const MEMBERS_MAX = 10_000;

export interface GroupRead {
  /** Slack user ids. */
  readonly users: readonly string[];
  /** Why it has no members: `group-unreadable` or `group-empty`. */
  readonly problem?: ProblemRecord;
}

export interface Groups {
  /** Never rejects. */
  members(group: string): Promise<GroupRead>;
}

/** The ids of a group's members as Slack tells them; a disabled group has none. */
export type ReadGroup = (group: string) => Promise<readonly string[]>;

/** `now`: milliseconds since 1970. Only ids of the configuration are asked for: they bound the map. */
export function groupsOf(read: ReadGroup, now: () => number = Date.now): Groups {
  const known = new Map<string, { freshUntil: number; reading: Promise<GroupRead> }>();
  return {
    members(group) {
      const before = known.get(group);
      // Whoever asks while it is being read waits for the same call.
      if (before && now() < before.freshUntil) return before.reading;
      const reading = readClosed(read, group).then((found) => {
        if (found.problem) known.set(group, { freshUntil: now() + FAILED_MS, reading });
        return found;
      });
      known.set(group, { freshUntil: now() + FRESH_MS, reading });
      return reading;
    },
  };
}

async function readClosed(read: ReadGroup, group: string): Promise<GroupRead> {
  try {
    const users = await read(group);
    if (users.length > MEMBERS_MAX) throw new Error(`more than ${MEMBERS_MAX} members`);
    if (users.length > 0) return { users };
    return { users: [], problem: { code: 'group-empty', facts: { group } } };
  } catch (error) {
    return { users: [], problem: { code: 'group-unreadable', facts: { group, ...why(error) } } };
  }
}

function why(error: unknown): { error: string } {
  // Slack's own word, such as missing_scope, says more than the sentence around it.
  if (error instanceof Problem) return { error: String(error.facts.error ?? error.code) };
  return { error: String(toProblemRecord(error).facts.message) };
}
