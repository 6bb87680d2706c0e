/**
 * Slack's limits of each block type (facts/slack.md §3 and the types of @slack/types), as one
 * table: a type that is absent is unknown. `alert` is absent: Slack takes it in modals only.
 */

import { rowOf } from './table.ts';

type Fields = Readonly<Record<string, unknown>>;
/** The violations found, each with a JSON pointer as Slack words them. */
type Rule = (value: Fields, at: string) => string[];

const TABLE_ROWS_MAX = 100;
const TABLE_COLUMNS_MAX = 20;

const CONFIRM_RULE = all(
  text('title', 100),
  text('text', 300),
  text('confirm', 30),
  text('deny', 30),
);

const BUTTON_RULE = all(
  text('text', 75, { required: true, type: 'plain_text' }),
  string('value', 2_000),
  string('action_id', 255),
  string('accessibility_label', 75),
  optional('confirm', CONFIRM_RULE),
);

const ELEMENT_RULE: Rule = (element, at) =>
  element.type === 'button' ? BUTTON_RULE(element, at) : string('action_id', 255)(element, at);

const anything: Rule = () => [];

const CARD_RULE = all(text('title', 150), text('subtitle', 150), text('body', 200));

const BLOCK_RULES: Readonly<Record<string, Rule>> = {
  actions: list('elements', { most: 25, each: ELEMENT_RULE }),
  card: CARD_RULE,
  carousel: list('elements', { most: 10, each: CARD_RULE }),
  container: all(text('title', 150), list('child_blocks', { most: 10, each: childRule })),
  context: list('elements', { most: 10, each: anything }),
  context_actions: list('elements', { most: 5, each: ELEMENT_RULE }),
  data_table: anything,
  divider: anything,
  file: anything,
  header: text('text', 150, { required: true, type: 'plain_text' }),
  image: all(string('alt_text', 2_000, { required: true }), text('title', 2_000)),
  input: text('label', 2_000, { required: true, type: 'plain_text' }),
  markdown: string('text', 12_000, { required: true }),
  plan: anything,
  rich_text: list('elements', { most: 1_000, each: anything }),
  section: all(
    (block, at) => (block.text || block.fields ? [] : [`missing required field: text [${at}]`]),
    text('text', 3_000),
    list('fields', { most: 10, each: text('', 2_000), isOptional: true }),
    optional('accessory', ELEMENT_RULE),
  ),
  table: tableRows,
  task_card: anything,
  video: anything,
};

/** What Slack would refuse in one block, empty when nothing. `at` is its JSON pointer. */
export function blockViolations(block: Fields, at: string): string[] {
  const rule = rowOf(BLOCK_RULES, String(block.type));
  if (!rule) return [`unsupported type: ${String(block.type)} [json-pointer:${at}/type]`];
  return [...string('block_id', 255)(block, at), ...rule(block, at)];
}

interface Needs {
  readonly required?: boolean;
  readonly type?: 'plain_text';
}

/** A text object under `name`, or the value itself when `name` is empty. */
function text(name: string, most: number, { required, type }: Needs = {}): Rule {
  return (value, at) => {
    const found = name === '' ? value : value[name];
    const pointer = name === '' ? at : `${at}/${name}`;
    if (found === undefined) return required ? [missing(pointer)] : [];
    if (!isFields(found)) return [`must be an object [json-pointer:${pointer}]`];
    if (found.type !== 'plain_text' && (found.type !== 'mrkdwn' || type === 'plain_text')) {
      return [`unsupported type: ${String(found.type)} [json-pointer:${pointer}/type]`];
    }
    return string('text', most, { required: true })(found, pointer);
  };
}

function string(name: string, most: number, { required }: Needs = {}): Rule {
  return (value, at) => {
    const found = value[name];
    const pointer = `json-pointer:${at}/${name}`;
    if (found === undefined) return required ? [missing(`${at}/${name}`)] : [];
    if (typeof found !== 'string') return [`must be a string [${pointer}]`];
    if (required && found.length === 0) return [`must be more than 0 characters [${pointer}]`];
    return found.length > most ? [`must be less than ${most + 1} characters [${pointer}]`] : [];
  };
}

interface ListLimits {
  readonly most: number;
  readonly each: Rule;
  readonly isOptional?: boolean;
}

function list(name: string, { most, each, isOptional = false }: ListLimits): Rule {
  return (value, at) => {
    const found = value[name];
    const pointer = `${at}/${name}`;
    if (found === undefined) return isOptional ? [] : [missing(pointer)];
    if (!Array.isArray(found)) return [`must be an array [json-pointer:${pointer}]`];
    if (found.length === 0) return [`no fewer than 1 items [json-pointer:${pointer}]`];
    if (found.length > most) return [`no more than ${most} items [json-pointer:${pointer}]`];
    return found.flatMap((item: unknown, index) =>
      isFields(item)
        ? each(item, `${pointer}/${index}`)
        : [`must be an object [json-pointer:${pointer}/${index}]`],
    );
  };
}

/** What a container may not hold. */
const NO_CHILDREN: readonly unknown[] = [
  'card',
  'carousel',
  'container',
  'context_actions',
  'data_table',
  'markdown',
  'plan',
  'task_card',
];

function childRule(block: Fields, at: string): string[] {
  if (!NO_CHILDREN.includes(block.type)) return blockViolations(block, at);
  return [`unsupported type: ${String(block.type)} [json-pointer:${at}/type]`];
}

/** Rows of a table are lists of cells, not objects. */
function tableRows({ rows }: Fields, at: string): string[] {
  const pointer = `json-pointer:${at}/rows`;
  if (!Array.isArray(rows)) return [`must be an array [${pointer}]`];
  if (rows.length === 0) return [`no fewer than 1 items [${pointer}]`];
  if (rows.length > TABLE_ROWS_MAX) return [`no more than ${TABLE_ROWS_MAX} items [${pointer}]`];
  return rows.flatMap((row: unknown, index) => {
    if (!Array.isArray(row)) return [`must be an array [${pointer}/${index}]`];
    if (row.length <= TABLE_COLUMNS_MAX) return [];
    return [`no more than ${TABLE_COLUMNS_MAX} items [${pointer}/${index}]`];
  });
}

function optional(name: string, rule: Rule): Rule {
  return (value, at) => {
    const found = value[name];
    return isFields(found) ? rule(found, `${at}/${name}`) : [];
  };
}

function all(...rules: readonly Rule[]): Rule {
  return (value, at) => rules.flatMap((rule) => rule(value, at));
}

const missing = (pointer: string): string => `missing required field [json-pointer:${pointer}]`;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
