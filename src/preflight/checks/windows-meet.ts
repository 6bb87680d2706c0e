/** Our own: a cutover needs an hour in which both hosts allow it. */

import { nextInside } from '../../domain/window.ts';
import { type Check, findingsOf } from '../check.ts';

const say = findingsOf('windows-meet');
/** Windows come back each week, so that any week will do. */
const ANY_WEEK = Date.UTC(2026, 0, 5);

export const windowsMeet: Check = {
  id: 'window',
  name: 'windows-meet',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'block',
  applies: ({ source, target }) => source.window !== undefined && target.window !== undefined,
  run({ source, target }) {
    const windows = [source.window, target.window].filter((one) => one !== undefined);
    const facts = { source: source.name, target: target.name };
    return nextInside(windows, ANY_WEEK) === undefined ? say.blocker(facts) : say.ok(facts);
  },
};
