/** What Slack refuses in a message: one table, checked in order. A new rule is a new row. */

import { z } from 'zod';
import { blockViolations } from './block-rules.ts';
import { type Block, blockSchema, type LabMessage, metadataSchema } from './message.ts';
import { Refusal } from './refusal.ts';

const BLOCKS_MAX = 50;
/** Not documented by Slack; measured by its users (facts/slack.md §3: bolt-js #2509). */
const BLOCKS_CHARACTERS_MAX = 13_200;
/** Slack cuts a longer text off without saying so. */
const TEXT_CHARACTERS_MAX = 40_000;

type Args = Readonly<Record<string, unknown>>;

export interface Content {
  readonly text: string;
  readonly blocks: readonly Block[];
  readonly metadata: LabMessage['metadata'];
}

interface MessageRule {
  readonly id: string;
  readonly error: string;
  /** The violations found; none means that Slack accepts. */
  readonly violations: (content: Content) => readonly string[];
}

const MESSAGE_RULES: readonly MessageRule[] = [
  {
    id: 'text-or-blocks',
    error: 'no_text',
    violations: ({ text, blocks }) => (text === '' && blocks.length === 0 ? ['no text'] : []),
  },
  {
    id: 'blocks-50',
    error: 'invalid_blocks',
    violations: ({ blocks }) =>
      blocks.length > BLOCKS_MAX ? [`no more than ${BLOCKS_MAX} items [json-pointer:/blocks]`] : [],
  },
  {
    id: 'block-id-unique',
    error: 'invalid_blocks',
    violations: ({ blocks }) =>
      repeated(blocks.flatMap(({ block_id }) => block_id ?? [])).map(
        (id) => `duplicate block_id: ${id} [json-pointer:/blocks]`,
      ),
  },
  {
    id: 'block-limits',
    error: 'invalid_blocks',
    violations: ({ blocks }) =>
      blocks.flatMap((block, index) => blockViolations(block, `/blocks/${index}`)),
  },
  {
    id: 'blocks-too-long',
    error: 'msg_blocks_too_long',
    violations: ({ blocks }) =>
      JSON.stringify(blocks).length > BLOCKS_CHARACTERS_MAX ? ['too long'] : [],
  },
];

/** The message that the arguments describe, as Slack would keep it. @throws Refusal */
export function contentOf(args: Args): Content {
  const blocks = z.array(blockSchema).safeParse(args.blocks ?? []);
  if (!blocks.success) throw new Refusal('invalid_blocks_format');
  const metadata = metadataSchema.optional().safeParse(args.metadata);
  if (!metadata.success) throw new Refusal('invalid_metadata_format');
  const text = typeof args.text === 'string' ? args.text.slice(0, TEXT_CHARACTERS_MAX) : '';
  const content = { text, blocks: blocks.data, metadata: metadata.data };
  for (const { error, violations } of MESSAGE_RULES) {
    const errors = violations(content);
    if (errors.length > 0) throw refusal(error, errors);
  }
  return { ...content, blocks: withBlockIds(content.blocks) };
}

function refusal(error: string, errors: readonly string[]): Refusal {
  const messages = errors.map((message) => `[ERROR] ${message}`);
  return new Refusal(error, { errors, response_metadata: { messages } });
}

/** Slack names each block that has no id; clicks then carry it. */
function withBlockIds(blocks: readonly Block[]): Block[] {
  const taken = new Set(blocks.map(({ block_id }) => block_id));
  return blocks.map((block, index) => {
    if (block.block_id) return block;
    let id = `b${index}`;
    while (taken.has(id)) id += 'x';
    taken.add(id);
    return { ...block, block_id: id };
  });
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
