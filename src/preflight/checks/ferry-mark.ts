/** A VM that another Ferry has marked in its notes is that Ferry's to move. */

import { type Check, findingsOf } from '../check.ts';

const say = findingsOf('ferry-mark');
const MARK = /\bferry:([\w.-]+)/g;

export const ferryMark: Check = {
  id: 'mark',
  name: 'ferry-mark',
  methods: ['live', 'stream'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  run({ vm, installation }) {
    const marks = [...vm.notes.matchAll(MARK)].map((match) => match[1] ?? '');
    const foreign = marks.filter((mark) => mark !== installation);
    if (foreign.length === 0) return say.ok({ vm: vm.name });
    return say.blocker({ vm: vm.name, installations: foreign });
  },
};
