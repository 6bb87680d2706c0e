/** Slack's markup and blocks as plain text lines, for terminals and logs. Pure functions. */

import type { Block } from './message.ts';
import { rowOf } from './table.ts';
import { CHANNEL, nameOf } from './workspace.ts';

/** `<@U…>`, `<#C…|name>`, `<!here>`, `<!date^…|fallback>`, `<url|label>` and the escapes, as people see them. */
export function plainOf(mrkdwn: string): string {
  return (
    mrkdwn
      .replace(/<@([\w-]+)(?:\|[^>]*)?>/g, (_whole, id: string) => `@${nameOf(id)}`)
      .replace(/<#[\w-]+\|([^>]*)>/g, '#$1')
      .replace(/<#([\w-]+)>/g, (_whole, id: string) => `#${id === CHANNEL.id ? CHANNEL.name : id}`)
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

/** The lines of one block; a type without a plain form is named, never dropped. */
export function linesOf(block: Block): string[] {
  return textOf(block)
    .split('\n')
    .map((line) => line.trimEnd());
}

type Plain = (block: Block) => string;

const PLAIN: Readonly<Record<string, Plain>> = {
  actions: ({ elements }) => join(elements, ' '),
  button: ({ text }) => `[${partOf(text)}]`,
  container: ({ title, child_blocks }) => lines([partOf(title), join(child_blocks, '\n')]),
  context: ({ elements }) => join(elements, ' · '),
  date: ({ fallback }) => String(fallback ?? ''),
  divider: () => '----',
  emoji: ({ name }) => `:${String(name)}:`,
  header: ({ text }) => partOf(text),
  image: ({ alt_text }) => `(image: ${String(alt_text)})`,
  link: ({ text, url }) => (text === undefined ? String(url) : `${String(text)} (${String(url)})`),
  markdown: ({ text }) => String(text).replaceAll('**', ''),
  mrkdwn: ({ text }) => plainOf(String(text)),
  plain_text: ({ text }) => String(text),
  plan: ({ title, tasks }) => lines([partOf(title), join(tasks, '\n')]),
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
  table: ({ rows }) =>
    listOf(rows)
      .map((row) => join(row, ' | '))
      .join('\n'),
  task_card: ({ title, status }) => `${partOf(title)} (${String(status)})`,
  text: ({ text }) => String(text),
  user: ({ user_id }) => `@${nameOf(String(user_id))}`,
};

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
