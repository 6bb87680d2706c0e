/** Ways to break what is done for a VM that is off. */

import { in_, type Mutant, step } from './mutant.ts';

export const OFF_MUTANTS: readonly Mutant[] = [
  {
    name: 'the target starts a VM that was off',
    patches: [in_(step('start-target'), '    if (staysOff(opened.plan)) return {};\n', '')],
  },
  {
    name: 'what was off is started when it is taken back',
    patches: [in_(step('forbid-source-start'), '    if (staysOff(opened.plan)) return {};\n', '')],
  },
  {
    // The target is told that it stands.
    name: 'no fence for a VM that is off',
    patches: [
      in_(
        step('fence-source'),
        'await ports.host.fence(vmId, token);',
        "if (opened.plan.stop !== 'already off') await ports.host.fence(vmId, token);",
      ),
      in_(
        'src/migration/answer.ts',
        "return { startSeen, vm: holds ? 'off, fenced' : 'off, free' };",
        "return { startSeen, vm: holds || side === 'source' ? 'off, fenced' : 'off, free' };",
      ),
    ],
  },
];
