/** Problems that belong to no single area. */

import type { Facts } from '../../domain/problem.ts';
import type { Text, TextOf } from '../catalogue.ts';

export const problems = {
  bug: ({ message }) => ({
    text: `Something that should not happen did: ${message}`,
    remedy: 'Look at the log of the process that says so, and report it.',
  }),
  'record-broken': ({ record }) => ({
    text: `The record ${record} in the store cannot be read: what it said is not known.`,
    remedy:
      'The journal is kept apart from it, and decides. Look for who else can write to the store.',
  }),
} satisfies Record<string, TextOf>;

/** A code of another version of Ferry is shown as it came. */
export const unknownCode = (code: string, facts: Facts): Text => ({
  text: `${code} ${JSON.stringify(facts)}`,
  remedy: 'Report this code to the maintainers.',
});
