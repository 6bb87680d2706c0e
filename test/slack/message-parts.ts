/** What a person sees of a message, and what can be clicked in it. */

import type { Message } from '../../src/slack/views/blocks.ts';

/** All text, in order. */
export function seen({ blocks }: Message): string {
  return blocks
    .flatMap((block) => {
      if (block.type === 'section') return [block.text?.text ?? ''];
      if (block.type !== 'context') return [];
      return block.elements.map((element) => ('text' in element ? (element.text ?? '') : ''));
    })
    .join('\n');
}

export const buttonsOf = ({ blocks }: Message) =>
  blocks.flatMap((block) =>
    block.type === 'actions'
      ? block.elements.flatMap((element) => (element.type === 'button' ? [element] : []))
      : [],
  );
