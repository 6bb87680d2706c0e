/** What Slack refuses in a message, checked in order, and what it makes of the rest. */

import { z } from 'zod';
import { blocksViolations } from './block-rules.ts';
import { type Block, blockSchema, type LabMessage, metadataSchema } from './message.ts';
import { Refusal, refusalOf } from './refusal.ts';

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

/** The message that the arguments describe, as Slack would keep it. @throws Refusal */
export function contentOf(args: Args): Content {
  const parsed = z.array(blockSchema).safeParse(args.blocks ?? []);
  if (!parsed.success) throw new Refusal('invalid_blocks_format');
  const blocks = parsed.data;
  const metadata = metadataSchema.optional().safeParse(args.metadata);
  if (!metadata.success) throw new Refusal('invalid_metadata_format');
  const text = typeof args.text === 'string' ? args.text.slice(0, TEXT_CHARACTERS_MAX) : '';
  if (text === '' && blocks.length === 0) throw new Refusal('no_text');
  const errors = blocksViolations(blocks, '/blocks', 'message');
  if (errors.length > 0) throw refusalOf('invalid_blocks', errors);
  if (JSON.stringify(blocks).length > BLOCKS_CHARACTERS_MAX) {
    throw refusalOf('msg_blocks_too_long', ['too long [json-pointer:/blocks]']);
  }
  return { text, blocks: withBlockIds(blocks), metadata: metadata.data };
}

/** Slack names each block that has no id; clicks then carry it. */
export function withBlockIds(blocks: readonly Block[]): Block[] {
  const taken = new Set(blocks.map(({ block_id }) => block_id));
  return blocks.map((block, index) => {
    if (block.block_id) return block;
    let id = `b${index}`;
    while (taken.has(id)) id += 'x';
    taken.add(id);
    return { ...block, block_id: id };
  });
}
