/** B35: the VM's files keep their names in another folder, where a path may get too long for Windows. */

import { placeOn } from '../base.ts';
import { type Check, findingsOf } from '../check.ts';
import { livePaths } from '../target-paths.ts';

const say = findingsOf('target-path');
/** MAX_PATH is 260 with the zero at the end. */
const PATH_CHARS_MAX = 259;
/** Below the drive: what Windows forbids in names, how they may not end, and names of devices. */
const FORBIDDEN = /[<>:"|?*]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

export const targetPath: Check = {
  id: 'B35',
  name: 'target-path',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: ({ target }) => target.hyperv !== undefined,
  run(subject, { method }) {
    const { vm, target } = subject;
    const paths = method === 'live' ? livePaths(subject) : placeOn(vm, target).paths;
    const facts = { vm: vm.name, host: target.name };
    const long = paths.filter((path) => path.length > PATH_CHARS_MAX);
    if (long.length > 0) return say.blocker({ ...facts, paths: long, charsMax: PATH_CHARS_MAX });
    const bad = paths.filter((path) =>
      path
        .split('\\')
        .slice(1)
        .some((part) => FORBIDDEN.test(part)),
    );
    return bad.length > 0
      ? say.blocker({ ...facts, paths: bad }, 'target-path-name')
      : say.ok(facts);
  },
};
