/**
 * `/migrate` alone: a form with the checks of what is filled in. It opens at once and is updated
 * with what the hosts say; nothing is decided here that a typed command would decide otherwise.
 */

import type {
  AllMiddlewareArgs,
  App,
  BlockAction,
  SlackActionMiddlewareArgs,
  SlackOptionsMiddlewareArgs,
  ViewSubmitAction,
} from '@slack/bolt';
import { toProblemRecord } from '../../domain/problem.ts';
import type { Asker } from '../authority.ts';
import { isFirstDelivery } from '../deliveries.ts';
import type { Edge } from '../edge.ts';
import { problemAnswer } from '../views/answers.ts';
import { type Block, escaped, type Message, section } from '../views/blocks.ts';
import { type Asked, checkBlocks, deniedModal, refusedModal } from './check.ts';
import { FIELD, type Fields, fieldAction, NO_FIELDS, readFields, wishOf } from './fields.ts';
import { form, MODAL, saying, skeleton } from './form.ts';
import { onSubmit } from './on-submit.ts';
import { askedIn, hostsFor, type ModalClient, type ModalEdge } from './parts.ts';
import { type Session, sessionsOf } from './sessions.ts';
import { vmGroups } from './vm-list.ts';

/** Opens forms, and answers what people do in them. */
export interface MigrateModal {
  /** Undefined when the form is open; else why not, for the one who asked. */
  open(asking: {
    readonly asker: Asker;
    readonly triggerId: string;
    readonly client: ModalClient;
  }): Promise<Message | undefined>;
  /** Whether a click is in one of these forms. */
  owns(body: BlockAction): boolean;
  onChoice(args: SlackActionMiddlewareArgs<BlockAction> & AllMiddlewareArgs): Promise<void>;
}

export function registerModal(app: App, edge: Edge): MigrateModal {
  const here: ModalEdge = { ...edge, sessions: sessionsOf(edge.log) };
  app.view<ViewSubmitAction>({ callback_id: MODAL, type: 'view_submission' }, (args) =>
    onSubmit(args, here),
  );
  app.options<'block_suggestion'>({ action_id: fieldAction(FIELD.vm) }, (args) =>
    onOptions(args, here),
  );
  return {
    open: (asking) => openForm(asking, here),
    owns: ({ view }) => view?.callback_id === MODAL,
    onChoice: (args) => onChoice(args, here),
  };
}

export async function openForm(
  { asker, triggerId, client }: Parameters<MigrateModal['open']>[0],
  edge: ModalEdge,
): Promise<Message | undefined> {
  const words = await edge.wordsFor(asker.user);
  const asked = { asker, words };
  const denied = await deniedModal(asked, edge);
  if (denied) return await refusedModal(denied, asked, edge);
  const opened = await client.views
    .open({ trigger_id: triggerId, view: skeleton(asker, words) })
    .catch((error: unknown) => notOpened(error, edge));
  const id = opened?.view?.id;
  if (id === undefined) return problemAnswer({ code: 'modal-expired', facts: {} }, words);
  const session = edge.sessions.of({ id, hash: opened?.view?.hash }, client);
  await showForm(session, { asked, fields: NO_FIELDS }, edge);
  return undefined;
}

function notOpened(error: unknown, { log }: Edge): undefined {
  const { code, facts } = toProblemRecord(error);
  log('slack-modal-not-opened', { ...facts, code });
}

/** Each choice: the form says that it checks, then what the checks say, unless a newer one came. */
export async function onChoice(
  { ack, body, client, action }: SlackActionMiddlewareArgs<BlockAction> & AllMiddlewareArgs,
  edge: ModalEdge,
): Promise<void> {
  await ack();
  const { view, user } = body;
  if (!view) return;
  const delivery = ['choice', body.trigger_id, action.action_ts, user.id, action.action_id];
  if (!(await isFirstDelivery(edge, delivery.join(' ')))) return;
  const asked = await askedIn(view, user.id, edge);
  const fields = readFields(view.state.values);
  await showForm(edge.sessions.of(view, client), { asked, fields }, edge);
}

async function showForm(
  session: Session,
  { asked, fields }: { asked: Asked; fields: Fields },
  edge: ModalEdge,
): Promise<void> {
  const { asker, words } = asked;
  const turn = session.begin();
  const found = await hostsFor(session, asked, edge);
  if ('answer' in found) {
    await session.show(turn, saying(found.answer.blocks, asker, words));
    return;
  }
  const { hosts } = found;
  const view = (shown: readonly Block[]) => form({ hosts, fields, shown }, asker, words);
  if ('wish' in wishOf(fields, words)) {
    await session.show(turn, view([section(escaped(words.plan.modal.checking))]));
  }
  await session.show(turn, view(await checkBlocks(fields, asked, edge)));
}

/** What is typed into the list of more than a hundred VMs. */
export async function onOptions(
  {
    ack,
    body,
    client,
    payload,
  }: SlackOptionsMiddlewareArgs<'block_suggestion'> & AllMiddlewareArgs,
  edge: ModalEdge,
): Promise<void> {
  const { view } = body;
  if (!view) return await ack({ options: [] });
  const asked = await askedIn(view, body.user.id, edge);
  if (await deniedModal(asked, edge)) return await ack({ options: [] });
  const found = await hostsFor(edge.sessions.of(view, client), asked, edge);
  const groups = 'hosts' in found ? vmGroups(found.hosts, asked.words, payload.value) : [];
  await ack(groups.length > 0 ? { option_groups: groups } : { options: [] });
}
