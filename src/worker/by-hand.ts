/** Lifting the source's fence when the store is gone: the other host's word is then the only one. */

import { join } from 'node:path';
import { isOperationName } from '../bot/requests.ts';
import type { WorkerConfig } from '../config.ts';
import { type Entry, entryHash, epochOf, type Opened, openedOf } from '../domain/journal.ts';
import { isMove } from '../domain/plan.ts';
import { Problem } from '../domain/problem.ts';
import { openHost } from '../hosts/open.ts';
import { isPastReturn } from '../migration/how-far.ts';
import { stateOf } from '../migration/state.ts';
import { stepsOf } from '../migration/steps.ts';
import { olderState } from '../migration/time-travel.ts';
import { openStore } from '../store/open.ts';
import { loadOrCreateIdentity } from '../trust/identity.ts';
import { openMemory } from '../trust/memory.ts';
import { verifyJournal } from '../trust/verify-journal.ts';
import { STEP_RULES } from './journal.ts';
import { peerOf } from './peer.ts';
import { sideOf } from './questions.ts';

/**
 * Asks the target, which flushes what it is told and then refuses to start the VM; only then the
 * fence is lifted. Refused while the store answers: there `migration rollback` is the way.
 * @throws {Problem} operation-unknown | unfence-store-answers | unfence-not-source | target-may-run |
 * domain-controller-older | peer-unreachable
 */
export async function unfence(
  config: WorkerConfig,
  operation: string,
): Promise<{ vm: string; source: string; target: string }> {
  if (!isOperationName(operation)) throw new Problem('operation-unknown', { operation });
  await refuseWhileStoreAnswers(config, operation);
  const state = (name: string) => join(config.FERRY_STATE, name);
  const identity = await loadOrCreateIdentity(state('identity'), config.FERRY_HOST);
  const seen = await openMemory(state('memory')).seen(operation);
  if (seen.length === 0) throw new Problem('operation-unknown', { operation });
  verifyJournal(seen, { operation, botFingerprint: config.FERRY_BOT, ...STEP_RULES });
  const opened = openedOf(seen);
  const last = seen.at(-1);
  if (!last || sideOf(opened, identity.publicKey) !== 'source') {
    throw new Problem('unfence-not-source', { operation, host: opened.plan.source });
  }
  refuseOlder(opened, seen);
  const records = { get: async () => undefined };
  // Whoever typed the command can type it again.
  const asking = { identity, records, addresses: state('addresses'), patienceSeconds: 0 };
  const peer = peerOf(opened, operation, asking);
  const epoch = epochOf(seen) + 1;
  const place = { position: last.position, head: entryHash(last) };
  const answer = await peer.tell({
    operation,
    intent: 'take back at source',
    from: 'source',
    epoch,
    ...place,
  });
  const { vm, target } = opened.plan;
  if (answer.startSeen || answer.vm === 'running' || answer.vm === 'off, free') {
    throw new Problem('target-may-run', { vm: vm.name, host: target });
  }
  await using host = await openHost(config);
  await host.unfence(vm.id, { operation, epoch });
  return { vm: vm.name, source: config.FERRY_HOST, target };
}

/** What this host saw itself counts, whatever a target says that may have been set up anew. */
function refuseOlder(opened: Opened, seen: readonly Entry[]): void {
  const { plan } = opened;
  if (!isMove(plan)) return;
  const steps = stepsOf(opened);
  if (!isPastReturn(steps, stateOf(steps, seen))) return;
  const { code, facts } = olderState(plan, plan.source);
  if (plan.domainController) throw new Problem(code, facts);
  throw new Problem('target-may-run', { vm: plan.vm.name, host: plan.target });
}

async function refuseWhileStoreAnswers(config: WorkerConfig, operation: string): Promise<void> {
  try {
    await using _store = await openStore(config.STORE_URL);
  } catch (error) {
    if (error instanceof Problem && error.code === 'store-unreachable') return;
    throw error;
  }
  throw new Problem('unfence-store-answers', { operation });
}
