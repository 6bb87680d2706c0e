/** Problems of the lab's page. */

import type { TextOf } from '../catalogue.ts';

export const labPageProblems = {
  'lab-page-busy': ({ fault }) => ({
    text: `The lab is still busy with "${fault}".`,
    remedy: 'Wait until it is done, then press again.',
  }),
  'lab-page-no-file': ({ file }) => ({
    text: `This person sees no file ${file} in the lab's Slack.`,
    remedy: 'Load the page again, and act as somebody who sees its message.',
  }),
  'lab-page-request': ({ reason }) => ({
    text: `The page asked for something incomplete: ${reason}.`,
    remedy: 'Load the page again.',
  }),
} satisfies Record<string, TextOf>;
