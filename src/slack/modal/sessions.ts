/**
 * Open forms. Views are updated one after the other and only with the newest choice's answer: a
 * late one never overwrites a newer. After a restart a form goes on as what Slack says of it.
 */

import { toProblemRecord } from '../../domain/problem.ts';
import type { Log } from '../ports.ts';
import type { HostRow } from '../rows.ts';
import type { Modal } from './form.ts';

/** People who leave forms open must not fill the memory: the oldest are forgotten. */
const SESSIONS_MAX = 200;

/** The call of Slack's that a session makes. */
export interface ViewsClient {
  readonly views: {
    update(args: {
      view_id: string;
      hash?: string;
      view: Modal;
    }): Promise<{ view?: { hash?: string } | undefined }>;
  };
}

export interface Session {
  readonly viewId: string;
  /** Asked once for each form. */
  hosts: Promise<readonly HostRow[]> | undefined;
  /** Begins a turn: what belongs to earlier ones is not shown any more. */
  begin(): number;
  /** The answer to a submission put another view there, whose hash nobody told us. */
  replaced(): void;
  /** False when a newer turn has begun, or the form is closed. */
  show(turn: number, view: Modal): Promise<boolean>;
}

export interface Sessions {
  /** The session of a view; a new one for a form that was opened before a restart. */
  of(view: { id: string; hash?: string | undefined }, client: ViewsClient): Session;
  forget(viewId: string): void;
}

export function sessionsOf(log: Log): Sessions {
  const sessions = new Map<string, Session>();
  return {
    of(view, client) {
      const known = sessions.get(view.id);
      if (known) return known;
      const [oldest] = sessions.keys();
      if (sessions.size >= SESSIONS_MAX && oldest !== undefined) sessions.delete(oldest);
      const session = newSession(view, client, log);
      sessions.set(view.id, session);
      return session;
    },
    forget: (viewId) => void sessions.delete(viewId),
  };
}

function newSession(
  { id, hash: first }: { id: string; hash?: string | undefined },
  client: ViewsClient,
  log: Log,
): Session {
  let newest = 0;
  let hash = first;
  let last: Promise<boolean> = Promise.resolve(true);
  const update = async (turn: number, view: Modal): Promise<boolean> => {
    if (turn !== newest) return false;
    try {
      const updated = await client.views.update({
        view_id: id,
        ...(hash === undefined ? {} : { hash }),
        view,
      });
      hash = updated.view?.hash ?? hash;
      return true;
    } catch (error) {
      // Closed meanwhile, or changed by another process: either way it is not ours to repeat.
      const { code, facts } = toProblemRecord(error);
      log('slack-modal-not-updated', { ...facts, code, view: id });
      return false;
    }
  };
  return {
    viewId: id,
    hosts: undefined,
    begin: () => ++newest,
    replaced() {
      hash = undefined;
    },
    show(turn, view) {
      last = last.then(() => update(turn, view));
      return last;
    },
  };
}
