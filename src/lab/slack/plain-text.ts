/** Slack's markup and blocks as plain text lines, for terminals and logs. Pure functions. */

import { fieldsIn, holdsOf, optionsOf } from './elements.ts';
import type { Block, LabFile } from './message.ts';
import { rowOf } from './table.ts';
import { CHANNELS, nameOf } from './workspace.ts';

/** `<@U…>`, `<#C…|name>`, `<!here>`, `<!date^…|fallback>`, `<url|label>` and the escapes, as people see them. */
export function plainOf(mrkdwn: string): string {
  return (
    mrkdwn
      .replace(/<@([\w-]+)(?:\|[^>]*)?>/g, (_whole, id: string) => `@${nameOf(id)}`)
      .replace(/<#[\w-]+\|([^>]*)>/g, '#$1')
      .replace(/<#([\w-]+)>/g, (_whole, id: string) => `#${channelNameOf(id)}`)
      // A date's fallback is what a client shows that cannot tell the reader's time zone.
      .replace(/<!date\^[^|>]*\|([^>]*)>/g, '$1')
      .replace(/<!(\w+)(?:[|^][^>]*)?>/g, '@$1')
      .replace(/<([^>|]+)\|([^>]+)>/g, '$2 ($1)')
      .replace(/<([^>]+)>/g, '$1')
      .replace(/```\n?/g, '')
      .replace(/`([^`\n]+)`/g, '$1')
      .replace(/(^|[\s(])([*_~])(\S(?:[^\n]*?\S)?)\2(?=$|[\s).,:;!?])/gm, '$1$3')
      .replaceAll('&lt;', '<')
      .replaceAll('&gt;', '>')
      .replaceAll('&amp;', '&')
  );
}

/** The name that people see for a channel; an unknown id is shown as it is. */
export const channelNameOf = (id: string): string =>
  CHANNELS.find((place) => place.id === id)?.name ?? id;

/** The lines of one block; a type without a plain form is named, never dropped. */
export function linesOf(block: Block): string[] {
  return textOf(block)
    .split('\n')
    .map((line) => line.trimEnd());
}

/** A file as one line. */
export const fileLine = ({ title, name, size }: LabFile): string =>
  `(file: ${title === name ? name : `${title}, ${name}`}, ${size} bytes)`;

type Plain = (block: Block) => string;

const PLAIN: Readonly<Record<string, Plain>> = {
  actions: ({ elements }) => join(elements, ' '),
  alert: ({ text }) => partOf(text),
  button: ({ text }) => `[${partOf(text)}]`,
  checkboxes: picks,
  container: ({ title, child_blocks }) => lines([partOf(title), join(child_blocks, '\n')]),
  context: ({ elements }) => join(elements, ' · '),
  card: ({ title, subtitle, body }) => lines([partOf(title), partOf(subtitle), partOf(body)]),
  carousel: ({ elements }) => join(elements, '\n'),
  data_table: ({ caption, rows }) => lines([String(caption ?? ''), tableOf(rows)]),
  date: ({ fallback }) => String(fallback ?? ''),
  datepicker: menu,
  datetimepicker: menu,
  divider: () => '----',
  email_text_input: menu,
  emoji: ({ name }) => `:${String(name)}:`,
  external_select: menu,
  header: ({ text }) => partOf(text),
  image: ({ alt_text }) => `(image: ${String(alt_text)})`,
  input: ({ label, element, hint }) =>
    lines([`${partOf(label)}: ${partOf(element)}`, partOf(hint)]),
  link: ({ text, url }) => (text === undefined ? String(url) : `${String(text)} (${String(url)})`),
  markdown: ({ text }) => String(text).replaceAll('**', ''),
  mrkdwn: ({ text }) => plainOf(String(text)),
  multi_external_select: menu,
  multi_static_select: menu,
  multi_users_select: menu,
  number_input: menu,
  overflow: picks,
  plain_text: ({ text }) => String(text),
  plain_text_input: menu,
  plan: ({ title, tasks }) => lines([partOf(title), join(tasks, '\n')]),
  radio_buttons: picks,
  raw_number: ({ text, value }) => String(text ?? value),
  raw_text: ({ text }) => String(text),
  rich_text: ({ elements }) => join(elements, '\n'),
  rich_text_list: ({ elements }) =>
    listOf(elements)
      .map((item) => `- ${partOf(item)}`)
      .join('\n'),
  rich_text_preformatted: ({ elements }) => join(elements, ''),
  rich_text_quote: ({ elements }) => `> ${join(elements, '').replaceAll('\n', '\n> ')}`,
  rich_text_section: ({ elements }) => join(elements, ''),
  section: ({ text, fields, accessory }) =>
    lines([partOf(text), join(fields, '\n'), partOf(accessory)]),
  static_select: menu,
  table: ({ rows }) => tableOf(rows),
  task_card: ({ title, status }) => `${partOf(title)} (${String(status)})`,
  text: ({ text }) => String(text),
  timepicker: menu,
  url_text_input: menu,
  user: ({ user_id }) => `@${nameOf(String(user_id))}`,
};

/** What a menu or a field shows: its value, or its hint. The arrow tells it from a button. */
function menu(element: Block): string {
  const shown = partOf(element.placeholder);
  const text = elementValue(element);
  return `[${text === '' ? shown : text} v]`;
}

/** Every option with a mark at those that are picked. */
function picks(element: Block): string {
  const picked = [element.initial_option, ...listOf(element.initial_options)].map(valueIn);
  return optionsOf(element)
    .map((option) => `[${picked.includes(option.value) ? 'x' : ' '}] ${partOf(option.text)}`)
    .join(' ');
}

function elementValue(element: Block): string {
  const options = [element.initial_option, ...listOf(element.initial_options)];
  const text = fieldsIn(options).map((option) => partOf(option.text));
  const holds = holdsOf(element);
  const plain = holds ? element[holds.initial] : undefined;
  const isPlain = typeof plain === 'string' || typeof plain === 'number';
  return text.length > 0 || !isPlain ? text.join(', ') : String(plain);
}

const valueIn = (option: unknown): unknown => fieldsIn([option])[0]?.value;

const tableOf = (rows: unknown): string =>
  listOf(rows)
    .map((row) => join(row, ' | '))
    .join('\n');

const textOf: Plain = (block) => rowOf(PLAIN, block.type)?.(block) ?? `(${block.type})`;

/** A nested element or text object; some fields are plain strings. */
function partOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return isBlock(value) ? textOf(value) : '';
}

const join = (values: unknown, separator: string): string =>
  listOf(values).map(partOf).join(separator);

const lines = (parts: readonly string[]): string => parts.filter((part) => part !== '').join('\n');

const listOf = (values: unknown): readonly unknown[] => (Array.isArray(values) ? values : []);

const isBlock = (value: unknown): value is Block =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
