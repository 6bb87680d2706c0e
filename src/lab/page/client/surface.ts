/** Where an element stands, a message or a modal, and what was put into the fields there. */

import type { WireBlock, WireFieldValue, WirePlace, WireValues } from '../wire.ts';

export interface Surface {
  readonly messageTs?: string;
  readonly viewId?: string;
  /** Slack's own state of a view. */
  readonly values?: WireValues;
  /** What was put in and is sent with Submit; by block_id, then by action_id. */
  readonly drafts?: Map<string, Map<string, WireFieldValue>>;
  /** By block_id. */
  readonly errors?: Readonly<Record<string, string>> | undefined;
}

export const placeIn = (
  { messageTs, viewId }: Surface,
  blockId: string,
  actionId: string,
): WirePlace => ({
  ...(messageTs ? { messageTs } : {}),
  ...(viewId ? { viewId } : {}),
  blockId,
  actionId,
});

export function keepDraft(
  surface: Surface,
  { blockId, actionId }: WirePlace,
  value: WireFieldValue,
): void {
  const block = surface.drafts?.get(blockId) ?? new Map<string, WireFieldValue>();
  block.set(actionId, value);
  surface.drafts?.set(blockId, block);
}

/** What the field holds: put in here, else what Slack keeps, else what the app began it with. */
export function valueIn(surface: Surface, place: WirePlace, element: WireBlock): WireFieldValue {
  const draft = surface.drafts?.get(place.blockId)?.get(place.actionId);
  if (draft !== undefined) return draft;
  const kept = surface.values?.[place.blockId]?.[place.actionId];
  return kept ? fieldValueOf(kept, '') : fieldValueOf(element, 'initial_');
}

const SINGLE = [
  'value',
  'date',
  'time',
  'date_time',
  'user',
  'channel',
  'conversation',
  'selected_date',
  'selected_time',
  'selected_date_time',
  'selected_user',
  'selected_channel',
  'selected_conversation',
];

/** Slack keeps `selected_option` and the like; an element begins with `initial_option` and the like. */
function fieldValueOf(state: WireBlock, before: '' | 'initial_'): WireFieldValue {
  const option = state[before === '' ? 'selected_option' : 'initial_option'];
  if (isOption(option)) return option.value;
  const several = state[before === '' ? 'selected_options' : 'initial_options'];
  if (Array.isArray(several)) return several.filter(isOption).map(({ value }) => value);
  for (const name of SINGLE) {
    const found = state[`${before}${name}`];
    if (typeof found === 'string' || typeof found === 'number') return String(found);
  }
  return null;
}

const isOption = (value: unknown): value is { value: string } =>
  typeof value === 'object' &&
  value !== null &&
  'value' in value &&
  typeof value.value === 'string';
