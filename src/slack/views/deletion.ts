/** What goes when an operation deletes copies. */

import type { DeletionPlan } from '../../domain/plan.ts';
import type { Words } from '../../texts/words.ts';
import { cut, dateText, escaped } from './blocks.ts';

const COPIES_SHOWN_MAX = 10;
const FOLDER_CHARS_MAX = 200;

/** Escaped. */
export function deletionLines({ copies }: DeletionPlan, { deletion }: Words): string[] {
  const rows = copies
    .slice(0, COPIES_SHOWN_MAX)
    .map(({ folder, bytes, operation, committedAt }) => {
      const said = deletion.copy(cut(folder, FOLDER_CHARS_MAX), bytes, operation);
      return `• ${escaped(said)} ${dateText(committedAt)}`;
    });
  return [`*${escaped(deletion.whatHappens)}*`, ...rows];
}
