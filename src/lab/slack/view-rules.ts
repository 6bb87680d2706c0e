/** What Slack refuses in a view (facts/slack.md §3, view types of @slack/types). */

import { z } from 'zod';
import { blocksViolations } from './block-rules.ts';
import { type Block, blockSchema } from './message.ts';
import { withBlockIds } from './message-rules.ts';
import { Refusal, refusalOf } from './refusal.ts';
import { all, type Fields, isFields, only, type Rule, string, text } from './rule-parts.ts';
import { type View, viewSchema } from './view.ts';

const VIEW_BYTES_MAX = 250_000;

const COMMON = ['type', 'blocks', 'private_metadata', 'callback_id', 'external_id'] as const;

const common = all(
  string('private_metadata', 3_000),
  string('callback_id', 255),
  string('external_id', 255),
);

const SHAPES: Readonly<Record<View['type'], Rule>> = {
  modal: all(
    only(...COMMON, 'title', 'submit', 'close', 'clear_on_close', 'notify_on_close'),
    common,
    text('title', 24, { isRequired: true, type: 'plain_text' }),
    text('submit', 24, { type: 'plain_text' }),
    text('close', 24, { type: 'plain_text' }),
    submitForInputs,
  ),
  home: all(only(...COMMON), common),
};

/** The view that the argument describes, without its hash. @throws Refusal as Slack words it */
export function viewOf(argument: unknown, type: View['type']): Omit<View, 'hash'> {
  if (!isFields(argument)) throw new Refusal('invalid_arguments');
  const blocks = z.array(blockSchema).safeParse(argument.blocks);
  if (argument.type !== type || !blocks.success) {
    const wrong = argument.type === type ? 'blocks' : 'type';
    throw refusalOf('invalid_arguments', [`invalid value [json-pointer:/view/${wrong}]`]);
  }
  if (Buffer.byteLength(JSON.stringify(argument)) > VIEW_BYTES_MAX) {
    throw new Refusal('view_too_large');
  }
  const errors = [
    ...SHAPES[type](argument, '/view'),
    ...blocksViolations(blocks.data, '/view/blocks', type),
  ];
  if (errors.length > 0) throw refusalOf('invalid_arguments', errors);
  return shapeOf(argument, blocks.data);
}

/** With what Slack adds where the app said nothing. */
function shapeOf(argument: Fields, blocks: readonly Block[]): Omit<View, 'hash'> {
  const given = Object.fromEntries(Object.entries(argument).filter(([, value]) => value !== null));
  const { hash: _, ...view } = viewSchema.parse({
    callback_id: '',
    private_metadata: '',
    external_id: '',
    clear_on_close: false,
    notify_on_close: false,
    ...given,
    blocks: withBlockIds(blocks),
    hash: '',
  });
  return view;
}

function submitForInputs({ blocks, submit }: Fields, at: string): string[] {
  const asks = Array.isArray(blocks) && blocks.some((one) => isFields(one) && one.type === 'input');
  return asks && submit === undefined
    ? [`submit is required when there are input blocks [json-pointer:${at}/submit]`]
    : [];
}
