/** What the form's listeners share: the edge with its open forms, the hosts, who asks and where. */

import { toProblemRecord } from '../../domain/problem.ts';
import type { Edge } from '../edge.ts';
import type { HostRow } from '../rows.ts';
import { operationsFor } from '../scoped.ts';
import { problemAnswer } from '../views/answers.ts';
import type { Block, Message } from '../views/blocks.ts';
import type { Asked } from './check.ts';
import { type Modal, metaOf } from './form.ts';
import type { Session, Sessions, ViewsClient } from './sessions.ts';

export interface ModalEdge extends Edge {
  readonly sessions: Sessions;
}

/** What the form needs of Slack's Web API. */
export interface ModalClient extends ViewsClient {
  readonly views: ViewsClient['views'] & {
    open(args: {
      trigger_id: string;
      view: Modal;
    }): Promise<{ view?: { id?: string; hash?: string } | undefined }>;
  };
  readonly chat: {
    postEphemeral(args: {
      channel: string;
      user: string;
      text: string;
      blocks: Block[];
    }): Promise<unknown>;
  };
}

/** The hosts of the asker's channel, asked once a form; or why nobody could ask them. */
export async function hostsFor(
  session: Session,
  { asker, words }: Asked,
  edge: Edge,
): Promise<{ readonly hosts: readonly HostRow[] } | { readonly answer: Message }> {
  session.hosts ??= operationsFor(asker, edge).hosts();
  try {
    return { hosts: await session.hosts };
  } catch (error) {
    session.hosts = undefined;
    const problem = toProblemRecord(error);
    edge.log('slack-modal-failed', { ...problem.facts, code: problem.code, user: asker.user });
    return { answer: problemAnswer(problem, words) };
  }
}

export async function askedIn(
  view: { private_metadata?: string },
  user: string,
  edge: Edge,
): Promise<Asked> {
  const { channel } = metaOf(view.private_metadata);
  return { asker: { user, channel }, words: await edge.wordsFor(user) };
}
