/** What a browser is told while it looks: server-sent events, one stream for each open page. */

import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { Problem } from '../../domain/problem.ts';
import type { Lab } from '../machine.ts';
import type { LabMessage } from '../slack/message.ts';
import { APP, CHANNELS, PEOPLE, USER_GROUPS } from '../slack/workspace.ts';
import type { Parts } from './requests.ts';
import type { PersonOnPage, SlackNews, Start } from './wire.ts';

const WAIT_MILLISECONDS = 20_000;
/** When the stand-in is away, for example while it is restarted. */
const AGAIN_MILLISECONDS = 1_000;
const UNREAD_BYTES_MAX = 16 * 2 ** 20;

/** Tells one browser what `person` sees, until `signal` aborts. */
export async function tellLive(
  parts: Parts,
  { person, response }: { person: string; response: ServerResponse },
  signal: AbortSignal,
): Promise<void> {
  const tell = (event: string, data: unknown): void => {
    // A browser that reads no more is let go; it comes again by itself and gets all anew.
    if (response.writableLength > UNREAD_BYTES_MAX) response.destroy();
    else response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  tell('start', startOf(parts));
  const unwatch = parts.truth.watch((truth) => tell('truth', truth));
  if (parts.truth.latest) tell('truth', parts.truth.latest);
  try {
    await followSlack(parts.lab, { person, tell: (news) => tell('slack', news) }, signal);
  } finally {
    unwatch();
    response.end();
  }
}

function startOf({ lab, desk }: Parts): Start {
  return {
    people: PEOPLE.map(({ id, name, locale }) => ({ id, name, role: roleOf(lab, id, locale) })),
    app: { id: APP.userId, name: APP.name },
    channels: CHANNELS.map(({ id, name, isPrivate }) => ({ id, name, isPrivate })),
    groups: Object.keys(USER_GROUPS),
    faults: desk.faults,
  };
}

/** As the bot is configured: ids or groups in the two lists. */
function roleOf(lab: Lab, user: string, locale: string): PersonOnPage['role'] {
  const { FERRY_OPERATORS = '', FERRY_APPROVERS = '' } = lab.env('bot');
  const mine = [user, ...Object.keys(USER_GROUPS).filter((id) => USER_GROUPS[id]?.includes(user))];
  const isIn = (list: string) => list.split(/[\s,]+/).some((id) => mine.includes(id));
  const roles = [
    ...(isIn(FERRY_OPERATORS) ? ['operator'] : []),
    ...(isIn(FERRY_APPROVERS) ? ['approver'] : []),
  ];
  const role = roles.join(' and ') || 'stranger';
  return locale.startsWith('en') ? role : `${role}, ${locale}`;
}

interface Reader {
  readonly person: string;
  readonly tell: (news: SlackNews) => void;
}

async function followSlack(
  { slack }: Lab,
  { person, tell }: Reader,
  signal: AbortSignal,
): Promise<void> {
  let version = 0;
  while (!signal.aborted) {
    try {
      const isFirst = version === 0;
      const wait = isFirst ? 0 : WAIT_MILLISECONDS;
      const { messages, viewsChanged, version: now } = await slack.changes(version, wait, signal);
      const isMine = isFirst || viewsChanged.includes(person);
      const views = isMine
        ? { views: await slack.views(person), home: await slack.home(person) }
        : {};
      tell({ messages: messages.filter((message) => isSeenBy(person, message)), ...views });
      version = now;
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof Problem)) throw error;
      await pause(AGAIN_MILLISECONDS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Slack shows a typed command to nobody else, and no clicks; the terminal's transcript has them. */
export function isSeenBy(person: string, { kind, author, to }: LabMessage): boolean {
  if (kind === 'click') return false;
  if (kind === 'command') return author === person;
  return kind === 'message' || to === person;
}
