/** Problems that belong to no single area. */

import type { TextOf } from '../catalogue.ts';

export const problems: Readonly<Record<string, TextOf>> = {
  bug: ({ message }) => ({
    text: `Something that should not happen did: ${message}`,
    remedy: 'Look at the log of the process that says so, and report it.',
  }),
};
