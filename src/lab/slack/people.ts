/** What people do in the lab's channel: type and click. The bot gets what Slack would send it. */

import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { Problem } from '../../domain/problem.ts';
import { putAnswer } from './answers.ts';
import type { Channel } from './channel.ts';
import { type Block, blockSchema, type LabMessage } from './message.ts';
import {
  appMentionPayload,
  blockActionsPayload,
  type ReplyHandles,
  slashCommandPayload,
} from './payloads.ts';
import { Refusal } from './refusal.ts';
import type { ResponseTarget, ShortLived } from './short-lived.ts';
import type { Delivery, SocketMode } from './socket-mode.ts';
import { mentionsApp, slackTextOf } from './typed-text.ts';
import { type Person, personOf, SLACKBOT } from './workspace.ts';

/** `not_sent`: nothing went to the bot (a message that does not mention it, a refused command). */
type Outcome = Delivery['outcome'] | 'not_sent';

export interface Done {
  readonly outcome: Outcome;
  /** The ts of what was typed or clicked, in the channel as the lab shows it. */
  readonly ts: string;
}

export interface Room {
  readonly channel: Channel;
  readonly socket: SocketMode;
  readonly shortLived: ShortLived;
  /** Where response_urls begin, with the slash. */
  readonly responseUrl: string;
}

export interface Said {
  readonly user: string;
  readonly typed: string;
  readonly threadTs?: string | undefined;
}

export interface Click {
  readonly user: string;
  readonly messageTs: string;
  readonly actionId: string;
}

/**
 * Types into the channel: a slash command when it begins with '/', else a message. Resolves when
 * the bot has acknowledged or failed to. @throws Problem `slack-unknown-person`
 */
export async function say(room: Room, { user, typed, threadTs: to }: Said): Promise<Done> {
  const person = personOf(user);
  const threadTs = to === undefined ? undefined : (room.channel.find(to)?.threadTs ?? to);
  if (typed.startsWith('/')) return sayCommand(room, person, { typed, threadTs });
  const text = slackTextOf(typed, { withNames: false });
  const message = room.channel.post({ kind: 'message', author: person.id, text, threadTs });
  if (!mentionsApp(text)) return { outcome: 'not_sent', ts: message.ts };
  const eventId = `Ev${randomBytes(5).toString('hex').toUpperCase()}`;
  const delivery = await room.socket.deliver('events_api', appMentionPayload(message, eventId));
  return { outcome: delivery.outcome, ts: message.ts };
}

/**
 * Clicks a button and accepts its confirm dialog. Resolves as `say` does.
 * @throws Problem `slack-unknown-person`, `slack-no-such-button`
 */
export async function click(room: Room, { user, messageTs, actionId }: Click): Promise<Done> {
  const person = personOf(user);
  const clicked = buttonOf(room.channel.find(messageTs), { user: person.id, messageTs, actionId });
  const label = labelOf(clicked.button);
  const { threadTs } = clicked.message;
  const { ts } = room.channel.post({ kind: 'click', author: person.id, text: label, threadTs });
  const handles = replyHandles(room, { userId: person.id, originalTs: messageTs, threadTs });
  const payload = blockActionsPayload(person, clicked, handles);
  const { outcome } = await room.socket.deliver('interactive', payload);
  if (outcome !== 'acknowledged') {
    tell(room, person, { text: `"${label}" failed with the error "${outcome}"`, threadTs });
  }
  return { outcome, ts };
}

async function sayCommand(
  room: Room,
  person: Person,
  { typed, threadTs }: Pick<Said, 'typed' | 'threadTs'>,
): Promise<Done> {
  const { ts } = room.channel.post({ kind: 'command', author: person.id, text: typed, threadTs });
  const [command = '', ...rest] = typed.trimEnd().split(' ');
  if (threadTs !== undefined) {
    tell(room, person, { text: `${command} is not supported in threads. Sorry!`, threadTs });
    return { outcome: 'not_sent', ts };
  }
  const text = slackTextOf(rest.join(' '), { withNames: true });
  const target = { userId: person.id };
  const payload = slashCommandPayload(person, { command, text }, replyHandles(room, target));
  const delivery = await room.socket.deliver('slash_commands', payload);
  const error =
    delivery.outcome === 'acknowledged' ? answer(room, delivery, target) : delivery.outcome;
  if (error) tell(room, person, { text: `${command} failed with the error "${error}"` });
  return { outcome: delivery.outcome, ts };
}

/** An ack that carries text or blocks is a message; gives the error when Slack refuses it. */
function answer(
  { channel }: Room,
  { payload }: Extract<Delivery, { outcome: 'acknowledged' }>,
  target: ResponseTarget,
): string | undefined {
  if (payload.text === undefined && payload.blocks === undefined) return undefined;
  try {
    putAnswer(channel, payload, target);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.code;
    throw error;
  }
}

function replyHandles({ shortLived, responseUrl }: Room, target: ResponseTarget): ReplyHandles {
  return {
    triggerId: shortLived.giveTrigger(target.userId),
    responseUrl: `${responseUrl}${shortLived.giveResponse(target)}`,
  };
}

/** What only this person sees, from Slack itself. */
function tell(
  { channel }: Room,
  person: Person,
  { text, threadTs }: { readonly text: string; readonly threadTs?: string | undefined },
): void {
  channel.post({ kind: 'ephemeral', author: SLACKBOT.id, to: person.id, text, threadTs });
}

/** A person clicks what a person sees: not deleted, and not somebody else's ephemeral message. */
function buttonOf(message: LabMessage | undefined, { user, messageTs, actionId }: Click) {
  const isSeen = message && !message.isDeleted && (message.to === undefined || message.to === user);
  const buttons = isSeen ? message.blocks.flatMap(buttonsOf) : [];
  const clicked = buttons.find(({ button }) => button.action_id === actionId);
  if (message && clicked) return { message, ...clicked };
  const actionIds = buttons.map(({ button }) => String(button.action_id));
  throw new Problem('slack-no-such-button', { messageTs, actionId, actionIds });
}

function buttonsOf(block: Block): { readonly blockId: string; readonly button: Block }[] {
  const { elements, accessory, block_id = '' } = block;
  const candidates: unknown[] = [...(Array.isArray(elements) ? elements : []), accessory];
  return candidates.flatMap((candidate) => {
    const element = blockSchema.safeParse(candidate);
    const isButton = element.success && element.data.type === 'button';
    return isButton ? [{ blockId: block_id, button: element.data }] : [];
  });
}

const labelOf = ({ text }: Block): string =>
  z.object({ text: z.string() }).safeParse(text).data?.text ?? '';
