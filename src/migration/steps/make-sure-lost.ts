/**
 * The last word before a VM is started from an older copy: whoever has it must not run it. People say
 * that the host is lost; what can be asked is asked all the same.
 */

import type { Entry, OpenedRestore } from '../../domain/journal.ts';
import { Problem } from '../../domain/problem.ts';
import { intentOf } from '../intent.ts';
import type { StepActs, StepContext } from '../step.ts';

export const makeSureLost: StepActs<OpenedRestore> = {
  async run(context) {
    return { source: await sourceNow(context, 'patiently') };
  },
  /** What was fenced there is free again. A host that is gone has nothing that this operation fenced. */
  async undo({ opened, entries, token, ports }) {
    const peer = ports.peer(opened);
    if (!(await peer.isUp())) return { source: 'no answer' };
    try {
      await peer.unfence(token);
      return { source: 'free' };
    } catch (error) {
      const isUnreachable = error instanceof Problem && error.code === 'peer-unreachable';
      if (isUnreachable && !wasFenced(entries)) return { source: 'no answer' };
      throw error;
    }
  },
};

const wasFenced = (entries: readonly Entry[]): boolean =>
  entries.some(
    ({ body }) =>
      body.kind === 'done' && body.step === 'makeSureLost' && body.facts.source === 'fenced',
  );

/**
 * How the source is known not to run the VM. At once: where nothing at its address takes a connection,
 * it is not asked again and again.
 * @throws {Problem} restore-source-runs | restore-source-up | domain-controller-older
 */
export async function sourceNow(
  context: StepContext<OpenedRestore>,
  how: 'patiently' | 'at once',
): Promise<'absent' | 'fenced' | 'no answer'> {
  const { opened, token, ports } = context;
  const { vm, source, target, domainController } = opened.plan;
  const facts = { vm: vm.name, host: source, target, operation: token.operation };
  // Whatever the plan says: nothing here renews VM-GenerationID.
  if (domainController) throw new Problem('domain-controller-older', { ...facts, host: target });
  const peer = ports.peer(opened);
  if (how === 'at once' && !(await peer.isUp())) return 'no answer';
  try {
    const answer = await peer.tell(intentOf(context, 'start at target'));
    if (answer.vm === 'running') throw new Problem('restore-source-runs', facts);
    if (answer.vm === 'absent') return 'absent';
    if (answer.vm === 'off, free') await peer.fence(token);
    return 'fenced';
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'peer-unreachable') throw error;
    // A host that is up runs its VMs, whatever its worker does.
    if (await peer.isUp()) throw new Problem('restore-source-up', facts, { cause: error });
    return 'no answer';
  }
}
