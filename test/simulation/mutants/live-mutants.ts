/** Ways to break a live move, or a deletion. What is the driver's own is broken in the fake driver. */

import { in_, type Mutant, step } from './mutant.ts';

const DRIVER = 'test/simulation/live-host.ts';
const SEES_THE_TARGET = "    if (standing.at === 'target') return { end: 'moved' };\n";

export const LIVE_MUTANTS: readonly Mutant[] = [
  {
    name: 'success taken from the job',
    patches: [
      in_(
        DRIVER,
        SEES_THE_TARGET,
        `${SEES_THE_TARGET}    if (world.moves.at(-1)?.state === 'completed') return { end: 'moved' };\n`,
      ),
    ],
  },
  {
    name: 'a second move when a worker comes back',
    patches: [
      in_(DRIVER, '      if (runningMove(world)) return;\n', ''),
      in_(
        DRIVER,
        `  for (;;) {\n${SEES_THE_TARGET}`,
        `  if (!watch.signal.aborted) await ask(driver, following, token);
  for (;;) {\n${SEES_THE_TARGET}`,
      ),
    ],
  },
  {
    name: 'a move that begins late is not waited for',
    patches: [in_(DRIVER, 'const GRACE_SECONDS = 20;', 'const GRACE_SECONDS = 0;')],
  },
  {
    name: 'a request on its way is let through',
    patches: [in_(DRIVER, "  await effect('attach', token, () => undefined);\n", '')],
  },
  {
    name: 'unknown treated as not moved',
    patches: [
      in_(
        step('move-live'),
        "throw new Problem('move-unknown',",
        "throw new NeverRan('move-unknown',",
      ),
    ],
  },
  {
    name: 'a stopping worker cancels the move',
    patches: [
      in_(step('move-live'), '{ signal: wantedBack, onProgress }', '{ signal, onProgress }'),
      in_(step('move-live'), 'if (!wantedBack.aborted) left.reject(signal.reason);', ''),
    ],
  },
  {
    name: 'a cancel asked for while nobody ran it is not obeyed at once',
    patches: [in_('src/migration/advance.ts', '  obey(mine);\n', '')],
  },
  {
    name: 'a store that lost the move is obeyed',
    patches: [
      in_(
        'src/migration/advance.ts',
        'if (continues(mine, entries)) obey(entries);',
        'obey(entries);',
      ),
    ],
  },
  {
    name: 'a move has no point of no return',
    patches: [
      in_(
        'src/migration/steps.ts',
        '{ pointOfNoReturn: true, cancellable: true }',
        '{ cancellable: true }',
      ),
    ],
  },
  {
    name: 'who wants it back is not an answer',
    patches: [
      in_(
        'src/migration/state.ts',
        'if (step.cancellable) stepState(state, step.name).failures = 0;',
        '',
      ),
    ],
  },
  {
    name: 'carryIn left out on the way back',
    patches: [
      in_(
        step('carry-out'),
        '    await ports.host.live?.carryIn(vmId, carriedIn(context), token);\n',
        '',
      ),
    ],
  },
  {
    name: 'carryIn without what the journal says',
    patches: [in_(step('carry-in'), 'carriedIn(context),', '{ dvdDrives: [], adapters: [] },')],
  },
  {
    name: 'settled without a look',
    patches: [in_(step('confirm-move'), 'if (ranBefore(context)) {', 'if (!ranBefore(context)) {')],
  },
  {
    name: 'what a person turned off is started',
    patches: [
      in_(
        step('confirm-move'),
        "throw new Problem('vm-off-after-move', facts);",
        'await ports.host.start(vmId, token);',
      ),
    ],
  },
  {
    name: 'a copy in use is deleted',
    patches: [in_(step('delete-copies'), 'if (found.usedBy) return', 'if (!found) return')],
  },
  {
    name: 'a copy that nobody agreed to is deleted',
    patches: [
      in_(
        step('delete-copies'),
        'return isSame ? undefined :',
        'return isSame || found ? undefined :',
      ),
    ],
  },
  {
    name: 'an undo that fails says why it goes back',
    patches: [
      in_(
        'src/migration/advance.ts',
        'const problem = obeys && watch.signal.aborted ?',
        'const problem = watch.signal.aborted ?',
      ),
    ],
  },
];
