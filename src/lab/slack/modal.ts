/** What people do with modals and the Home tab as a whole: submit, close, open. */

import { z } from 'zod';
import { Problem } from '../../domain/problem.ts';
import type { Chosen, FieldValues, Submitted } from './choices.ts';
import { elementsOf } from './elements.ts';
import { fillIn } from './fields.ts';
import type { Block } from './message.ts';
import { homeOpenedPayload, viewClosedPayload, viewSubmissionPayload } from './payloads.ts';
import { Refusal } from './refusal.ts';
import { newEventId, type Room } from './room.ts';
import type { Fields } from './rule-parts.ts';
import type { Kept } from './views.ts';
import { type Person, personOf } from './workspace.ts';

const MUST_BE_FILLED = 'Please complete this required field.';

interface Submission {
  readonly viewId: string;
  readonly values: FieldValues;
}

/**
 * Fills in the values and presses Submit; what the bot answers happens to the views.
 * @throws Problem `slack-no-such-view`, `slack-no-such-button`, and those of `choose`
 */
export async function submit(
  room: Room,
  user: string,
  { viewId, values }: Submission,
): Promise<Submitted> {
  const person = personOf(user);
  const before = topView(room, person, viewId);
  if (!before.view.submit) {
    throw new Problem('slack-no-such-button', {
      messageTs: viewId,
      actionId: 'submit',
      actionIds: [],
    });
  }
  for (const [blockId, fields] of Object.entries(values)) {
    for (const [actionId, value] of Object.entries(fields)) {
      fillIn(room, person, { viewId, blockId, actionId, value });
    }
  }
  const kept = topView(room, person, viewId);
  const errors = clientErrors(kept);
  if (Object.keys(errors).length > 0) return { outcome: 'not_sent', errors };
  const label = `${before.view.title?.text}: ${before.view.submit.text}`;
  room.channel.post({ kind: 'click', author: person.id, text: label });
  const trigger = room.shortLived.giveTrigger(person.id);
  const payload = viewSubmissionPayload(person, kept, trigger);
  const delivery = await room.socket.deliver('interactive', payload);
  const { outcome } = delivery;
  if (delivery.outcome !== 'acknowledged') return { outcome };
  try {
    return { outcome, ...applied(room, kept, delivery.payload) };
  } catch (error) {
    if (error instanceof Refusal) return { outcome, refusal: error.code };
    throw error;
  }
}

/** @throws Problem `slack-unknown-person`, `slack-no-such-view` */
export async function dismiss(room: Room, user: string, viewId: string): Promise<Chosen> {
  const person = personOf(user);
  const stack = room.views.stackOf(person.id);
  const kept = stack.find((one) => one.viewId === viewId);
  if (!kept) throw noSuchView(room, person, viewId);
  const isAll = kept.view.clear_on_close;
  const closed = room.views.close(kept, { isAll });
  const isCleared = isAll || closed.length > 1;
  const outcomes: Chosen[] = [];
  for (const one of closed.filter(({ view }) => view.notify_on_close)) {
    const payload = viewClosedPayload(person, one, isCleared);
    outcomes.push(await room.socket.deliver('interactive', payload));
  }
  return { outcome: outcomes.at(-1)?.outcome ?? 'not_sent' };
}

/** @throws Problem `slack-unknown-person` */
export async function openHome({ socket, views }: Room, user: string): Promise<Chosen> {
  const person = personOf(user);
  const payload = homeOpenedPayload(person, views.homeOf(person.id), newEventId());
  const { outcome } = await socket.deliver('events_api', payload);
  return { outcome };
}

function topView(room: Room, person: Person, viewId: string): Kept {
  const top = room.views.stackOf(person.id).at(-1);
  if (top?.viewId === viewId) return top;
  throw noSuchView(room, person, viewId);
}

function noSuchView({ views }: Room, { id, name }: Person, viewId: string): Problem {
  const open = views.stackOf(id).map((kept) => kept.viewId);
  return new Problem('slack-no-such-view', { person: name, viewId, open });
}

const responseSchema = z.looseObject({
  response_action: z.enum(['errors', 'update', 'push', 'clear']).optional(),
  errors: z.record(z.string(), z.string()).optional(),
  view: z.unknown().optional(),
});

/** What the app's ack does to the views. @throws Refusal */
function applied({ views }: Room, kept: Kept, answer: Fields): Pick<Submitted, 'errors'> {
  const parsed = responseSchema.safeParse(answer);
  if (!parsed.success) throw new Refusal('invalid_arguments');
  const { response_action, errors = {}, view } = parsed.data;
  switch (response_action) {
    case 'errors':
      requireInputs(kept, Object.keys(errors));
      return { errors };
    case 'update':
      views.update({ viewId: kept.viewId }, view);
      return {};
    case 'push':
      views.push(kept.userId, view);
      return {};
    case 'clear':
      views.close(kept, { isAll: true });
      return {};
    case undefined:
      views.close(kept);
      return {};
  }
}

/** Slack shows errors at input blocks, and at nothing else. */
function requireInputs({ view }: Kept, blockIds: readonly string[]): void {
  const inputs = view.blocks.filter(({ type }) => type === 'input').map((one) => one.block_id);
  const isKnown = blockIds.every((id) => inputs.includes(id));
  if (blockIds.length === 0 || !isKnown) throw new Refusal('invalid_arguments');
}

/** What Slack's client says itself, and does not send. By block_id. */
function clientErrors({ view, values }: Kept): Record<string, string> {
  const inputs = view.blocks.filter(({ type }) => type === 'input');
  const errors = elementsOf(inputs).flatMap(({ block, blockId, actionId, element }) => {
    const { type: _, ...held } = values[blockId]?.[actionId] ?? { type: '' };
    const [value] = Object.values(held);
    const error = isEmpty(value) ? errorOfNothing(block) : errorOfText(element, value);
    return error === undefined ? [] : [[blockId, error] as const];
  });
  return Object.fromEntries(errors);
}

const isEmpty = (value: unknown): boolean =>
  value === null || value === undefined || value === '' || (Array.isArray(value) && !value.length);

const errorOfNothing = ({ optional }: Block): string | undefined =>
  optional === true ? undefined : MUST_BE_FILLED;

function errorOfText(element: Block, value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const { min_length, max_length } = element;
  if (typeof min_length === 'number' && value.length < min_length) {
    return `Please enter at least ${min_length} characters.`;
  }
  if (typeof max_length === 'number' && value.length > max_length) {
    return `Please enter at most ${max_length} characters.`;
  }
  return undefined;
}
