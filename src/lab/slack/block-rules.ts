/**
 * Slack's limits of each block type (facts/slack.md §3 and the types of @slack/types), as one
 * table: a type that is absent is unknown, `file` because only Slack makes it.
 */

import {
  actionsElement,
  contextActionsElement,
  contextElement,
  inputElement,
  sectionAccessory,
} from './element-rules.ts';
import {
  all,
  anything,
  type Fields,
  isFields,
  list,
  missing,
  only,
  optional,
  type Rule,
  repeated,
  required,
  string,
  text,
  tooMany,
} from './rule-parts.ts';
import { rowOf } from './table.ts';

/** Where blocks are shown. */
export type Surface = 'message' | 'modal' | 'home';

const TABLE_ROWS_MAX = 100;
const TABLE_COLUMNS_MAX = 20;
const PLAIN = { isRequired: true, type: 'plain_text' } as const;

const CARD_RULE = all(text('title', 150), text('subtitle', 150), text('body', 200));

/** Slack takes these on every surface. */
const EVERYWHERE: Readonly<Record<string, Rule>> = {
  actions: all(
    only('type', 'block_id', 'elements'),
    list('elements', { most: 25, each: actionsElement }),
    uniqueActionIds,
  ),
  context: all(
    only('type', 'block_id', 'elements'),
    list('elements', { most: 10, each: contextElement }),
  ),
  divider: only('type', 'block_id'),
  header: all(only('type', 'block_id', 'text'), text('text', 150, PLAIN)),
  image: all(string('alt_text', 2_000, { isRequired: true }), text('title', 2_000)),
  input: all(
    only('type', 'block_id', 'label', 'element', 'dispatch_action', 'hint', 'optional'),
    text('label', 2_000, PLAIN),
    text('hint', 2_000, { type: 'plain_text' }),
    required('element', inputElement),
  ),
  rich_text: list('elements', { most: 1_000, each: anything }),
  section: all(
    only('type', 'block_id', 'text', 'fields', 'accessory', 'expand'),
    (block, at) => (block.text || block.fields ? [] : [missing(at)]),
    text('text', 3_000),
    list('fields', { most: 10, each: text('', 2_000), isOptional: true }),
    optional('accessory', sectionAccessory),
  ),
  video: anything,
};

const ONLY_IN: Readonly<Record<Surface, Readonly<Record<string, Rule>>>> = {
  message: {
    card: CARD_RULE,
    carousel: list('elements', { most: 10, each: CARD_RULE }),
    container: all(text('title', 150), list('child_blocks', { most: 10, each: childRule })),
    context_actions: list('elements', { most: 5, each: contextActionsElement }),
    data_table: anything,
    markdown: string('text', 12_000, { isRequired: true }),
    plan: anything,
    table: tableRows,
    task_card: anything,
  },
  modal: { alert: text('text', 200, { isRequired: true }) },
  home: {},
};

/** What Slack would refuse in one block, empty when nothing. `at` is its JSON pointer. */
export function blockViolations(block: Fields, at: string, surface: Surface): string[] {
  const type = String(block.type);
  const rule = rowOf(EVERYWHERE, type) ?? rowOf(ONLY_IN[surface], type);
  if (!rule) return [`unsupported type: ${type} [json-pointer:${at}/type]`];
  return [...string('block_id', 255)(block, at), ...rule(block, at)];
}

/** What Slack would refuse in the blocks of a message or view. `at` is their JSON pointer. */
export function blocksViolations(
  blocks: readonly Fields[],
  at: string,
  surface: Surface,
): string[] {
  const most = surface === 'message' ? 50 : 100;
  if (blocks.length > most) return [tooMany(most, at)];
  const doubles = repeated(blocks, 'block_id');
  if (doubles.length > 0) {
    return doubles.map((id) => `block_id "${id}" already exists [json-pointer:${at}]`);
  }
  return blocks.flatMap((block, index) => blockViolations(block, `${at}/${index}`, surface));
}

function uniqueActionIds({ elements }: Fields, at: string): string[] {
  const ids = repeated(Array.isArray(elements) ? elements.filter(isFields) : [], 'action_id');
  return ids.map((id) => `action_id "${id}" already exists [json-pointer:${at}/elements]`);
}

const CHILDREN: readonly unknown[] = [
  'actions',
  'context',
  'divider',
  'header',
  'image',
  'input',
  'rich_text',
  'section',
  'table',
  'video',
];

function childRule(block: Fields, at: string): string[] {
  if (CHILDREN.includes(block.type)) return blockViolations(block, at, 'message');
  return [`unsupported type: ${String(block.type)} [json-pointer:${at}/type]`];
}

/** Rows of a table are lists of cells, not objects. */
function tableRows({ rows }: Fields, at: string): string[] {
  const pointer = `${at}/rows`;
  if (!Array.isArray(rows)) return [`must be an array [json-pointer:${pointer}]`];
  if (rows.length === 0) return [`no fewer than 1 items allowed [json-pointer:${pointer}]`];
  if (rows.length > TABLE_ROWS_MAX) return [tooMany(TABLE_ROWS_MAX, pointer)];
  return rows.flatMap((row: unknown, index) => {
    if (!Array.isArray(row)) return [`must be an array [json-pointer:${pointer}/${index}]`];
    if (row.length <= TABLE_COLUMNS_MAX) return [];
    return [tooMany(TABLE_COLUMNS_MAX, `${pointer}/${index}`)];
  });
}
