/** The form's end: checked at its fields, proposed, and answered before Slack stops waiting. */

import { setTimeout as delay } from 'node:timers/promises';
import type { AllMiddlewareArgs, SlackViewMiddlewareArgs, ViewSubmitAction } from '@slack/bolt';
import { toProblemRecord } from '../../domain/problem.ts';
import type { Asker } from '../authority.ts';
import { isFirstDelivery } from '../deliveries.ts';
import type { Edge } from '../edge.ts';
import { escaped, type Message, section } from '../views/blocks.ts';
import type { Asked } from './check.ts';
import { type Fields, readFields, wishOf } from './fields.ts';
import { form, type Modal, saying } from './form.ts';
import { askedIn, hostsFor, type ModalClient, type ModalEdge } from './parts.ts';
import type { Session } from './sessions.ts';
import { type Ended, submitted } from './submit.ts';

/** Slack waits three seconds for the answer to a submission; what takes longer is shown later. */
const ANSWER_WITHIN_MS = 2000;

/** Errors that are plain to see come at once; what hosts say comes when they have said it. */
export async function onSubmit(
  { ack, body, view, client }: SlackViewMiddlewareArgs<ViewSubmitAction> & AllMiddlewareArgs,
  edge: ModalEdge,
): Promise<void> {
  const asked = await askedIn(view, body.user.id, edge);
  const { asker, words } = asked;
  const fields = readFields(view.state.values);
  const filled = wishOf(fields, words);
  if ('errors' in filled) return await ack({ response_action: 'errors', errors: filled.errors });
  const planning = saying([section(escaped(words.plan.modal.planning))], asker, words);
  if (!(await isFirstDelivery(edge, `submit ${body.trigger_id}`))) {
    return await ack({ response_action: 'update', view: planning });
  }
  const session = edge.sessions.of(view, client);
  // What is still being checked must not replace the answer.
  const turn = session.begin();
  const ending = submitted(filled.wish, asked, edge);
  const late = new AbortController();
  const early = await Promise.race([
    ending,
    delay(ANSWER_WITHIN_MS, undefined, { signal: late.signal }),
  ]);
  late.abort();
  if (early?.errors) return await ack({ response_action: 'errors', errors: early.errors });
  const ended = async (end: Ended) => await endView(end, { session, asked, fields }, edge);
  if (early) {
    await ack({ response_action: 'update', view: await ended(early) });
    session.replaced();
    return;
  }
  await ack({ response_action: 'update', view: planning });
  session.replaced();
  const end = await ending;
  if (await session.show(turn, await ended(end))) return;
  await tell(end.answer, asker, { client, edge });
}

/** A plan ends the form; anything else stays under its fields, to be changed and sent again. */
async function endView(
  { answer, isPlanned }: Ended,
  { session, asked, fields }: { session: Session; asked: Asked; fields: Fields },
  edge: ModalEdge,
): Promise<Modal> {
  const { asker, words } = asked;
  if (isPlanned) {
    edge.sessions.forget(session.viewId);
    return saying(answer.blocks, asker, words);
  }
  const found = await hostsFor(session, asked, edge);
  if ('answer' in found) return saying(answer.blocks, asker, words);
  return form({ hosts: found.hosts, fields, shown: answer.blocks }, asker, words);
}

/** Whoever closed the form meanwhile still hears what came of it. */
async function tell(
  { text, blocks }: Message,
  { channel, user }: Asker,
  { client, edge }: { client: ModalClient; edge: Edge },
): Promise<void> {
  try {
    await client.chat.postEphemeral({ channel, user, text, blocks: [...blocks] });
  } catch (error) {
    const { code, facts } = toProblemRecord(error);
    edge.log('slack-modal-not-told', { ...facts, code, user });
  }
}
