/**
 * Ways to break the real files, each with a schedule on which an invariant finds it. Found and
 * shrunk by `node test/simulation/fuzz.ts RUNS SEED any NAME`; `killers.ts` keeps what finds them.
 */

import { LIVE_MUTANTS } from './live-mutants.ts';
import { in_, type Mutant, step } from './mutant.ts';
import { OFF_MUTANTS } from './off-mutants.ts';

const STREAM_MUTANTS: readonly Mutant[] = [
  {
    name: 'undo waits for the target',
    patches: [
      in_(
        'src/migration/next-action.ts',
        "  return (['source', 'target'] as const).flatMap((side) => {",
        `  const side = newestToUndo(steps, state, 'target') ? 'target' : 'source';
  return ([side] as const).flatMap((side) => {`,
      ),
      in_(
        'src/migration/next-action.ts',
        "if (first && tasks.every((one) => one.on === 'target')) {",
        "if (first && !newestToUndo(steps, state, 'source')) {",
      ),
    ],
  },
  {
    name: 'undo oldest first',
    patches: [
      in_(
        'src/migration/how-far.ts',
        'return steps.findLast((step) =>',
        'return steps.find((step) =>',
      ),
    ],
  },
  {
    name: 'undo only what is done',
    patches: [
      in_(
        'src/migration/how-far.ts',
        'step.on === side && step.undoable && mayHaveRun(state, step)',
        "step.on === side && step.undoable && stepState(state, step.name).run === 'done'",
      ),
    ],
  },
  {
    name: 'no forbidSourceStart',
    patches: [
      in_(
        step('forbid-source-start'),
        "await ports.host.setStartAction(vmId, 'Nothing', token);",
        '',
      ),
    ],
  },
  {
    name: 'no fence',
    patches: [in_(step('fence-source'), 'await ports.host.fence(vmId, token);', '')],
  },
  {
    // The driver registers with automatic start off; here the step turns it on right afterwards.
    name: 'target imported with automatic start',
    patches: [
      in_(
        step('register-target'),
        'await ports.host.register(definition, { disks, networks: opened.plan.networks }, token);',
        `await ports.host.register(definition, { disks, networks: opened.plan.networks }, token);
    await ports.host.setStartAction(vm.id, 'Start', token);`,
      ),
    ],
  },
  {
    name: 'claim dropped',
    patches: [
      in_(
        'src/domain/journal.ts',
        'export const vmClaim = (vmId: string): string =>',
        `let asked = 0;
export const vmClaim = (vmId: string): string => String(++asked) +`,
      ),
    ],
  },
  {
    name: 'linkage check dropped',
    patches: [
      in_(
        'src/migration/rounds.ts',
        "return continues ? 'changes' : 'by digests';",
        "return continues || round.disks.every(({ parent }) => parent) ? 'changes' : 'by digests';",
      ),
    ],
  },
  {
    // The comparison itself is the drivers': here the fake host forgets it.
    name: 'epoch not compared',
    patches: [
      in_(
        'test/simulation/host.ts',
        "if (token.epoch < highest) throw new Problem('epoch-behind', { ...token, highest });",
        '',
      ),
    ],
  },
  {
    name: 'point of no return ignored',
    patches: [
      in_(
        'src/migration/steps.ts',
        "step('startTarget', 'target', startTarget, { pointOfNoReturn: true })",
        "step('startTarget', 'target', startTarget)",
      ),
    ],
  },
  {
    name: 'the target not asked',
    patches: [in_(step('fence-source'), '    await askTarget(context);\n', '')],
  },
  {
    name: 'the source not told',
    patches: [in_(step('start-target'), '    await tellSource(context);\n', '')],
  },
  {
    name: 'a fence that is being taken back counts',
    patches: [
      in_(
        'src/migration/answer.ts',
        "const holds = fenced && !(side === 'source' && isTakenBack(seen));",
        'const holds = fenced;',
      ),
    ],
  },
  {
    name: 'signature not checked',
    patches: [
      in_(
        'src/migration/advance.ts',
        '  ports.journal.verify(entries);\n  await ports.memory.remember',
        `  if (entries.length === 0) ports.journal.verify(entries);
  await ports.memory.remember`,
      ),
    ],
  },
  {
    name: 'a store that is behind is believed',
    patches: [
      in_(
        'src/migration/advance.ts',
        '  await ports.memory.checkNotBehind(operation, entries);\n',
        '',
      ),
    ],
  },
  {
    name: 'the store is not compared with that of the fence',
    patches: [
      in_(
        'src/migration/intent.ts',
        'return done.body.facts.store === (await ports.journal.identity());',
        'return true;',
      ),
    ],
  },
  {
    name: 'a rollback settles without the source',
    patches: [
      in_(
        'src/migration/state.ts',
        "if (first && !mayHaveRun(state, first)) stepState(state, first.name).run = 'started';",
        '',
      ),
    ],
  },
  {
    name: 'keepWarm puts off the expiry',
    patches: [
      in_(
        'src/migration/next-action.ts',
        'return lastDone(steps.slice(0, index), state) || (entries[0]?.at ?? 0);',
        'return lastDone(steps, state) || (entries[0]?.at ?? 0);',
      ),
    ],
  },
  {
    name: 'a pause obeyed while the VM is off',
    patches: [
      in_(
        'src/migration/state.ts',
        'if (state.paused || state.rollingBack || hasCutoverBegun(steps, state)) return;',
        'if (state.paused || state.rollingBack) return;',
      ),
    ],
  },
  {
    name: 'a pause never expires',
    patches: [
      in_(
        'src/migration/duties.ts',
        "const expires = next.kind === 'await approval' || next.kind === 'paused';",
        "const expires = next.kind === 'await approval';",
      ),
    ],
  },
  {
    name: 'approval bound to the old plan',
    patches: [
      in_(
        'src/migration/state.ts',
        '      // What was approved was another plan.\n      delete state.approval;\n',
        '',
      ),
    ],
  },
  {
    name: 'a cutover that has begun is planned anew',
    patches: [
      in_(
        'src/migration/how-far.ts',
        'if (state.rollingBack || hasCutoverBegun(steps, state)) return false;',
        'if (state.rollingBack) return false;',
      ),
    ],
  },
  {
    name: 'the time of the start ignored',
    patches: [
      in_(
        'src/migration/next-action.ts',
        "of === 'start' ? startsAt(plan) : undefined",
        "of === 'start' ? undefined : undefined",
      ),
    ],
  },
  {
    name: 'the time of the cutover ignored',
    patches: [
      in_('src/migration/next-action.ts', 'step.needs ? cutoverAt(plan, now)', 'step.needs ? now'),
    ],
  },
];

export const MUTANTS: readonly Mutant[] = [...STREAM_MUTANTS, ...OFF_MUTANTS, ...LIVE_MUTANTS];
