/** What people press and pick in messages and views. The bot gets what Slack would send it. */

import { Problem } from '../../domain/problem.ts';
import type { Choice, Chosen, Offered, Place, Question } from './choices.ts';
import { offerViolations } from './element-rules.ts';
import { elementsOf, type Found, fieldsIn, holdsOf, optionsOf, stateOf } from './elements.ts';
import { heldValue } from './field-value.ts';
import type { Block, LabMessage } from './message.ts';
import {
  type Acted,
  messageActionsPayload,
  suggestionPayload,
  viewActionsPayload,
} from './payloads.ts';
import type { Done } from './people.ts';
import { type Room, replyHandles, tell } from './room.ts';
import type { Fields } from './rule-parts.ts';
import { keep } from './table.ts';
import type { StateValues } from './view.ts';
import type { Kept } from './views.ts';
import { CHANNEL, type Person, personOf } from './workspace.ts';

/** Slack asks for options only when so much was typed. */
const QUERY_LENGTH_DEFAULT = 3;

/** What a person sees and acts on. */
type Seen =
  | { readonly kind: 'message'; readonly message: LabMessage; readonly values: StateValues }
  | { readonly kind: 'view'; readonly kept: Kept; readonly values: StateValues };

/**
 * Presses the first button with this action id in a message (or view), and accepts its dialog.
 * @throws Problem `slack-unknown-person`, `slack-no-such-button`
 */
export async function click(room: Room, user: string, at: Pressed): Promise<Done> {
  const person = personOf(user);
  const { messageTs, actionId } = at;
  const place = room.views.find(messageTs) ? { viewId: messageTs } : { messageTs };
  const seen = seenBy(room, person, place);
  const buttons = seen ? elementsIn(seen).filter(isButton) : [];
  const found = buttons.find((one) => one.actionId === actionId);
  if (seen && found) return act(room, person, { seen, found, state: {}, label: labelOf(found) });
  const actionIds = buttons.map((button) => button.actionId);
  throw new Problem('slack-no-such-button', { messageTs, actionId, actionIds });
}

interface Pressed {
  readonly messageTs: string;
  readonly actionId: string;
}

/**
 * Picks a value, or presses exactly this button.
 * @throws Problem `slack-unknown-person`, `slack-no-such-field`, `slack-no-such-option`
 */
export async function choose(room: Room, user: string, choice: Choice): Promise<Chosen> {
  const person = personOf(user);
  const { seen, found } = fieldOf(room, person, choice);
  if (isButton(found)) {
    const { outcome } = await act(room, person, {
      seen,
      found,
      state: {},
      label: labelOf(found),
    });
    return { outcome };
  }
  const state = stateFor(room, person, { choice, element: found.element });
  const filled = remember(room, person, { seen, found, state });
  if (!found.dispatches) return { outcome: 'not_sent' };
  const label = [choice.value ?? ''].flat().join(', ');
  const { outcome } = await act(room, person, { seen: filled, found, state, label });
  return { outcome };
}

/** Fills in a field and tells nobody. @throws Problem as `choose` */
export function fillIn(room: Room, person: Person, choice: Choice): void {
  const { seen, found } = fieldOf(room, person, choice);
  const state = stateFor(room, person, { choice, element: found.element });
  remember(room, person, { seen, found, state });
}

/** @throws Problem `slack-unknown-person`, `slack-no-such-field` */
export async function options(room: Room, user: string, question: Question): Promise<Offered> {
  const person = personOf(user);
  const { seen, found } = fieldOf(room, person, question);
  const { type, min_query_length = QUERY_LENGTH_DEFAULT } = found.element;
  if (!type.endsWith('external_select')) throw noSuchField(question, [seen]);
  const { typed, blockId, actionId } = question;
  if (typed.length < Number(min_query_length)) return { outcome: 'not_sent', options: [] };
  const place = seen.kind === 'view' ? seen.kept : seen.message;
  const payload = suggestionPayload(person, { blockId, actionId, typed, in: place });
  const delivery = await room.socket.deliver('interactive', payload);
  const { outcome } = delivery;
  if (delivery.outcome !== 'acknowledged') return { outcome, options: [] };
  const offer = delivery.payload;
  if (offerViolations(offer, '').length > 0) {
    return { outcome, options: [], refusal: 'invalid_arguments' };
  }
  keep(room.offered, offerKey(person, question), optionsOf(offer));
  const groups = fieldsIn(offer.option_groups);
  const grouped = groups.flatMap((group) => optionsOf(group).map((one) => [one, group] as const));
  const single = fieldsIn(offer.options).map((one) => [one, undefined] as const);
  return { outcome, options: [...single, ...grouped].map(([one, group]) => shown(one, group)) };
}

function shown(option: Fields, group: Fields | undefined): Offered['options'][number] {
  const { text, value, description } = option;
  return {
    text: textIn(text),
    value: String(value),
    ...(description === undefined ? {} : { description: textIn(description) }),
    ...(group === undefined ? {} : { group: textIn(group.label) }),
  };
}

interface Act {
  readonly seen: Seen;
  readonly found: Found;
  readonly state: Fields;
  /** What a transcript shows of it. */
  readonly label: string;
}

async function act(room: Room, person: Person, { seen, found, state, label }: Act): Promise<Done> {
  const { blockId, element } = found;
  const acted: Acted = { blockId, element, state, values: seen.values };
  const { threadTs, channel } =
    seen.kind === 'message' ? seen.message : { threadTs: undefined, channel: CHANNEL.id };
  const post = { kind: 'click', author: person.id, text: label, threadTs, channel } as const;
  const { ts } = room.channel.post(post);
  const originalTs = seen.kind === 'message' ? seen.message.ts : undefined;
  const handles = replyHandles(room, { userId: person.id, originalTs, threadTs, channel });
  const payload =
    seen.kind === 'message'
      ? messageActionsPayload(person, { message: seen.message, acted }, handles)
      : viewActionsPayload(person, seen.kept, { acted, triggerId: handles.triggerId });
  const { outcome } = await room.socket.deliver('interactive', payload);
  // In a view Slack marks the field; in a channel it tells the person.
  if (outcome !== 'acknowledged' && seen.kind === 'message') {
    tell(room, person, {
      text: `"${label}" failed with the error "${outcome}"`,
      threadTs,
      channel,
    });
  }
  return { outcome, ts };
}

/** A person acts on what a person sees: not deleted, nor somebody else's, and the view on top. */
function seenBy(
  { channel, views, picked }: Room,
  { id }: Person,
  { messageTs, viewId }: Partial<Pick<Place, 'messageTs' | 'viewId'>>,
): Seen | undefined {
  const kept = [views.stackOf(id).at(-1), views.homeOf(id)].find((one) => one?.viewId === viewId);
  if (kept) return { kind: 'view', kept, values: kept.values };
  const message = messageTs === undefined ? undefined : channel.find(messageTs);
  if (!message || message.isDeleted) return undefined;
  if (message.to !== undefined && message.to !== id) return undefined;
  const values = stateOf(message.blocks, picked.get(`${id} ${message.ts}`));
  return { kind: 'message', message, values };
}

const elementsIn = (seen: Seen): Found[] =>
  elementsOf(seen.kind === 'view' ? seen.kept.view.blocks : seen.message.blocks);

function fieldOf(room: Room, person: Person, place: Place) {
  const seen = seenBy(room, person, place);
  const found = seen
    ? elementsIn(seen).find(
        ({ blockId, actionId }) => blockId === place.blockId && actionId === place.actionId,
      )
    : undefined;
  if (seen && found) return { seen, found };
  throw noSuchField(place, seen ? [seen] : []);
}

function noSuchField({ messageTs, viewId, blockId, actionId }: Place, seen: readonly Seen[]) {
  const fields = seen.flatMap(elementsIn).map((one) => `${one.blockId}/${one.actionId}`);
  const field = `${blockId}/${actionId}`;
  return new Problem('slack-no-such-field', { place: viewId ?? messageTs ?? '', field, fields });
}

function remember(
  room: Room,
  person: Person,
  { seen, found, state }: { readonly seen: Seen; readonly found: Found; readonly state: Fields },
): Seen {
  const { blockId, actionId, element } = found;
  if (element.type === 'overflow') return seen;
  const entry = { type: element.type, ...state };
  const block = { ...seen.values[blockId], [actionId]: entry };
  const values = { ...seen.values, [blockId]: block };
  if (seen.kind === 'view') {
    return { kind: 'view', kept: room.views.fillIn(seen.kept, values), values };
  }
  keep(room.picked, `${person.id} ${seen.message.ts}`, values);
  return { ...seen, values };
}

interface Picked {
  readonly choice: Choice;
  readonly element: Block;
}

function stateFor({ offered }: Room, person: Person, { choice, element }: Picked): Fields {
  const { blockId, actionId, value = null } = choice;
  const known = offered.get(offerKey(person, choice)) ?? [];
  return heldValue(element, { value, field: `${blockId}/${actionId}`, offered: known });
}

const offerKey = ({ id }: Person, { viewId, messageTs, blockId, actionId }: Place): string =>
  [id, viewId ?? messageTs, blockId, actionId].join(' ');

const isButton = ({ element }: Found): boolean => holdsOf(element) === undefined;

const labelOf = ({ element }: Found): string => textIn(element.text);

const textIn = (value: unknown): string => String(fieldsIn([value])[0]?.text ?? '');
