/** The elements of blocks that people press, pick or fill in, and what they hold. Pure functions. */

import { type Block, blockSchema } from './message.ts';
import { type Fields, isFields } from './rule-parts.ts';
import { rowOf } from './table.ts';
import type { StateValues } from './view.ts';

export interface Found {
  readonly block: Block;
  readonly blockId: string;
  readonly actionId: string;
  readonly element: Block;
  /** Whether the app hears of it at once (block_actions), or only in the state of a view. */
  readonly dispatches: boolean;
}

/** In the order in which they are shown. */
export function elementsOf(blocks: readonly Block[]): Found[] {
  return blocks.flatMap((block) => {
    const { elements, accessory, element, child_blocks } = block;
    const inner = blocksIn(child_blocks);
    const candidates = [...blocksIn(elements), ...blocksIn([accessory]), ...blocksIn([element])];
    const found = candidates.flatMap((one) => {
      if (one.type === 'image' || typeof one.action_id !== 'string') return [];
      const dispatches = block.type !== 'input' || block.dispatch_action === true;
      const { block_id: blockId = '' } = block;
      return [{ block, blockId, actionId: one.action_id, element: one, dispatches }];
    });
    return [...found, ...elementsOf(inner)];
  });
}

export const optionsOf = ({ options, option_groups }: Fields): Fields[] => [
  ...fieldsIn(options),
  ...fieldsIn(option_groups).flatMap((group) => fieldsIn(group.options)),
];

/** What an element holds: under which name in `state.values`, and where that comes from. */
interface Holds {
  readonly holds: 'text' | 'option' | 'options' | 'id' | 'ids' | 'number';
  readonly name: string;
  readonly initial: string;
}

const text = { holds: 'text', name: 'value', initial: 'initial_value' } as const;
const option = { holds: 'option', name: 'selected_option', initial: 'initial_option' } as const;
const options = { holds: 'options', name: 'selected_options', initial: 'initial_options' } as const;

const HOLDS: Readonly<Record<string, Holds>> = {
  channels_select: { holds: 'id', name: 'selected_channel', initial: 'initial_channel' },
  checkboxes: options,
  conversations_select: {
    holds: 'id',
    name: 'selected_conversation',
    initial: 'initial_conversation',
  },
  datepicker: { holds: 'id', name: 'selected_date', initial: 'initial_date' },
  datetimepicker: { holds: 'number', name: 'selected_date_time', initial: 'initial_date_time' },
  email_text_input: text,
  external_select: option,
  multi_channels_select: { holds: 'ids', name: 'selected_channels', initial: 'initial_channels' },
  multi_conversations_select: {
    holds: 'ids',
    name: 'selected_conversations',
    initial: 'initial_conversations',
  },
  multi_external_select: options,
  multi_static_select: options,
  multi_users_select: { holds: 'ids', name: 'selected_users', initial: 'initial_users' },
  number_input: text,
  overflow: option,
  plain_text_input: text,
  radio_buttons: option,
  static_select: option,
  timepicker: { holds: 'id', name: 'selected_time', initial: 'initial_time' },
  url_text_input: text,
  users_select: { holds: 'id', name: 'selected_user', initial: 'initial_user' },
};

/** How the element keeps a value; undefined for buttons and the like, which keep none. */
export const holdsOf = ({ type }: Block): Holds | undefined => rowOf(HOLDS, type);

const EMPTY = { text: null, option: null, options: [], id: null, ids: [], number: null } as const;

/**
 * `state.values` of the blocks: what was filled in before where block_id, action_id and type are
 * the same, else the initial value.
 */
export function stateOf(blocks: readonly Block[], before: StateValues = {}): StateValues {
  const state: Record<string, Record<string, { type: string }>> = {};
  for (const { blockId, actionId, element } of elementsOf(blocks)) {
    const holds = holdsOf(element);
    if (!holds || element.type === 'overflow') continue;
    const kept = before[blockId]?.[actionId];
    const initial = { [holds.name]: element[holds.initial] ?? EMPTY[holds.holds] };
    state[blockId] = {
      ...state[blockId],
      [actionId]: kept?.type === element.type ? kept : { type: element.type, ...initial },
    };
  }
  return state;
}

export const fieldsIn = (value: unknown): Fields[] =>
  Array.isArray(value) ? value.filter((item) => isFields(item)) : [];

const blocksIn = (value: unknown): Block[] =>
  fieldsIn(value).flatMap((item) => blockSchema.safeParse(item).data ?? []);
