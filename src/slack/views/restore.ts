/** What a restore does, how old the copy is, and what only people can see. */

import type { Words } from '../../texts/words.ts';
import type { RestoreView } from '../operation-view.ts';
import { dateText, escaped } from './blocks.ts';

interface Route {
  readonly vm: { readonly id: string; readonly name: string };
  readonly source: string;
  readonly target: string;
}

/** Escaped. `route`: with its names cut to what a name may be. */
export function restoreLines(
  { plan, times }: RestoreView,
  route: Route,
  { restore }: Words,
): string[] {
  const { freshAt, copy } = plan;
  const seconds = Math.max(0, (times.openedAt - freshAt) / 1000);
  return [
    `*${escaped(restore.whatHappens)}*`,
    escaped(restore.starts(route, copy.bytes)),
    `${escaped(restore.fresh)} ${dateText(freshAt)}. ${escaped(restore.lost(route, seconds))}`,
    escaped(restore.sure(route)),
    escaped(restore.back(route)),
  ];
}
