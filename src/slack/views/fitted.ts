/** Keeps blocks under what Slack takes of them together, whatever names and counts are in them. */

import { BLOCKS_MAX, type Block, cut, note, section } from './blocks.ts';

/** Slack refuses about 13,200 characters of JSON (`msg_blocks_too_long`); the rest is reserve. */
const JSON_CHARS_MAX = 12_600;
/** Each turn halves the longest text: 50 texts of 3,000 characters need fewer. */
const TURNS_MAX = 200;

/** The same blocks, with the longest texts cut until all fit. Buttons are never cut. */
export function fitted(blocks: readonly Block[]): readonly Block[] {
  const kept = blocks.slice(0, BLOCKS_MAX);
  for (let turn = 0; turn < TURNS_MAX; turn += 1) {
    if (JSON.stringify(kept).length <= JSON_CHARS_MAX) return kept;
    const lengths = kept.map((block) => textOf(block).length);
    const longest = lengths.indexOf(Math.max(...lengths));
    const block = kept[longest];
    if (!block) return kept;
    kept[longest] = withText(block, cut(textOf(block), Math.ceil(textOf(block).length / 2)));
  }
  return kept;
}

/** Of a section or a note as `blocks.ts` makes them; empty for any other. */
function textOf(block: Block): string {
  if (block.type === 'section') return block.text?.text ?? '';
  const first = block.type === 'context' ? block.elements[0] : undefined;
  return first && 'text' in first ? (first.text ?? '') : '';
}

function withText(block: Block, text: string): Block {
  if (block.type === 'section') return { ...block, ...section(text) };
  return block.type === 'context' ? { ...block, ...note(text) } : block;
}
