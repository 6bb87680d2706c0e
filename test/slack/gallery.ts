/** Everything that people can be shown in Slack, in the words of one language. */

import type { Modal } from '../../src/slack/modal/form.ts';
import type { Message } from '../../src/slack/views/blocks.ts';
import type { Words } from '../../src/texts/words.ts';
import { flowsIn } from './gallery-flows.ts';
import type { Shown } from './gallery-operations.ts';
import { viewsIn } from './gallery-views.ts';

export type Gallery = ReadonlyMap<string, Message | Modal>;

export async function galleryIn(words: Words): Promise<Gallery> {
  const gallery = new Map<string, Message | Modal>();
  const add = ([name, shown]: Shown) => gallery.set(`${gallery.size}: ${name}`, shown);
  for (const shown of viewsIn(words)) add(shown);
  for await (const shown of flowsIn(words)) add(shown);
  return gallery;
}

export const isForm = (shown: Message | Modal): shown is Modal => 'callback_id' in shown;

/** All strings in it with where they stand, ids and values among them. */
export function stringsIn(value: unknown, path = ''): [path: string, text: string][] {
  if (typeof value === 'string') return [[path, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => stringsIn(part, `${path}.${key}`));
}
