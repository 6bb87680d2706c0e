/** B34: Hyper-V writes over nothing; a file in the way stops the move after it began. */

import { pathKey } from '../../domain/paths.ts';
import { type Check, findingsOf } from '../check.ts';
import { livePaths } from '../target-paths.ts';

const say = findingsOf('target-files');

export const targetFiles: Check = {
  id: 'B34',
  name: 'target-files',
  methods: ['live'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies(subject) {
    const { hyperv } = subject.target;
    const isLacking = hyperv?.files !== undefined && 'lacks' in hyperv.files;
    return hyperv !== undefined && !isLacking && livePaths(subject).length > 0;
  },
  run(subject) {
    const { target } = subject;
    const read = target.hyperv?.files;
    const what = `the files on ${target.vmVolume} of ${target.name}`;
    if (!read || 'lacks' in read) return say.unknown(what);
    if ('unread' in read) return say.unread(what)(read.unread);
    const there = new Set(read.value.map(pathKey));
    const files = livePaths(subject).filter((path) => there.has(pathKey(path)));
    const facts = { vm: subject.vm.name, host: target.name };
    return files.length === 0 ? say.ok(facts) : say.blocker({ ...facts, files });
  },
};
