/**
 * The point of no return once it ran, or could be started: a VM that was off is not started, and from
 * here on anybody may. The source is told first, and flushes what it is told.
 */

import { staysOff } from '../../domain/plan.ts';
import { Problem, Verdict } from '../../domain/problem.ts';
import { intentOf, storeUnchangedSince } from '../intent.ts';
import { NeverRan, type StepActs, type StepContext } from '../step.ts';
import { isLastState, olderState } from '../time-travel.ts';

export const startTarget: StepActs = {
  async run(context) {
    const { opened, vmId, token, ports } = context;
    const { vm, target } = opened.plan;
    const here = await ports.host.vm(vmId);
    if (here?.state === 'Running') return { found: true };
    await refuseOlderState(context);
    await refuseIfTakenBack(context);
    await tellSource(context);
    await ports.host.unfence(vmId, token);
    if (staysOff(opened.plan)) return {};
    const result = await ports.host.start(vmId, token);
    if (result === 'ran') return {};
    await ports.host.fence(vmId, token);
    throw new NeverRan('start-failed', { vm: vm.name, host: target, ...result });
  },
};

/** The VM goes back to its source, which has all of it; unless an attempt before this one may have started it. */
async function refuseOlderState({ opened, entries, token, ports }: StepContext): Promise<void> {
  const { operation } = token;
  if (isLastState(await ports.copies.read(operation), { operation, entries })) return;
  const { code, facts } = olderState(opened.plan, opened.plan.target);
  const attempts = entries.filter(
    ({ body }) => body.kind === 'started' && body.step === 'startTarget',
  );
  throw attempts.length > 1 ? new Verdict(code, facts) : new NeverRan(code, facts);
}

async function refuseIfTakenBack({ opened, token, ports }: StepContext): Promise<void> {
  const { operation } = token;
  const intents = await ports.memory.intents(operation);
  const back = intents.some((one) => one.intent === 'take back at source');
  const { vm, source } = opened.plan;
  if (back) throw new Problem('source-took-back', { vm: vm.name, host: source, operation });
}

/** The fence in the journal stands for a source that is silent, while the store is the same one. */
async function tellSource(context: StepContext): Promise<void> {
  const { opened, ports } = context;
  const { operation } = context.token;
  const { vm, source } = opened.plan;
  try {
    const answer = await ports.peer(opened).tell(intentOf(context, 'start at target'));
    const fenced = answer.vm === 'off, fenced' || answer.vm === 'absent';
    if (!fenced) throw new Problem('source-not-fenced', { vm: vm.name, host: source, operation });
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'peer-unreachable') throw error;
    if (await storeUnchangedSince(context, 'fenceSource')) return;
    throw new Problem('source-silent', { vm: vm.name, host: source, operation }, { cause: error });
  }
}
