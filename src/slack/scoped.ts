/**
 * The operations as one channel may see and touch them: lists show its hosts only, and what concerns
 * another host is refused. Listeners go through here, so that no command can forget the question.
 * Workers do not know channels; this is the bot's rule alone.
 */

import type { Finding } from '../domain/finding.ts';
import { Problem } from '../domain/problem.ts';
import { type Asker, type Authority, DeniedProblem, includesHost } from './authority.ts';
import type { OperationView } from './operation-view.ts';
import type { Operations } from './ports.ts';
import { type DrainView, isMeantDrain } from './views/drain-view.ts';

const CODE = 'channel-not-for-hosts';

interface Parts {
  readonly operations: Operations;
  readonly authority: Authority;
}

export function operationsFor(
  asker: Pick<Asker, 'channel'>,
  { operations, authority }: Parts,
): Operations {
  const hosts = authority.hostsOf(asker.channel);
  if (hosts === 'all') return operations;
  const isHere = (...names: readonly string[]) => names.every((name) => includesHost(hosts, name));
  const { refuseForeign, refuseForeignOperation } = gateOf(asker, { operations, authority });
  const checked =
    <Rest extends readonly unknown[], Answer>(
      act: (which: string, ...rest: Rest) => Promise<Answer>,
    ) =>
    async (which: string, ...rest: Rest): Promise<Answer> => {
      await refuseForeignOperation(which);
      return await act(which, ...rest);
    };
  return {
    async propose(request) {
      refuseForeign(request.target);
      return await asDenied(asker, authority, () => operations.propose({ ...request, hosts }));
    },
    async preview(wish) {
      refuseForeign(wish.target);
      return await asDenied(asker, authority, () => operations.preview({ ...wish, hosts }));
    },
    async view(operation) {
      const view = await operations.view(operation);
      if (view) refuseForeign(...hostsOf(view));
      return view;
    },
    openViews: async () =>
      (await operations.openViews()).filter((view) => isHere(...hostsOf(view))),
    changed: (cursor) => operations.changed(cursor),
    approve: checked(operations.approve),
    cancel: checked(operations.cancel),
    async retry(which, user) {
      await refuseForeignOperation(which);
      refuseForeign(...(await hostsOfLast(operations, which)));
      return await asDenied(asker, authority, () => operations.retry(which, user));
    },
    rollback: checked(operations.rollback),
    pause: checked(operations.pause),
    resume: checked(operations.resume),
    limit: checked(operations.limit),
    acknowledge: checked(operations.acknowledge),
    report: checked(operations.report),
    hosts: async () => (await operations.hosts()).filter(({ name }) => isHere(name)),
    async align(request) {
      refuseForeign(request.target);
      return await asDenied(asker, authority, () => operations.align({ ...request, hosts }));
    },
    async stopAligning(vm, user) {
      const order = (await operations.alignments()).find((one) => same(one.vm.name, vm));
      if (order) refuseForeign(order.source, order.target);
      await operations.stopAligning(vm, user);
    },
    async drain(request) {
      refuseForeign(request.host, ...(request.target === undefined ? [] : [request.target]));
      return await asDenied(asker, authority, () => operations.drain({ ...request, hosts }));
    },
    async bringBack(request) {
      refuseForeign(request.host);
      return await asDenied(asker, authority, () => operations.bringBack({ ...request, hosts }));
    },
    drains: async () => (await operations.drains()).filter((view) => isHere(...hostsOfDrain(view))),
    async setWindow(request) {
      refuseForeign(request.host);
      await operations.setWindow(request);
    },
    windows: async () => (await operations.windows()).filter(({ host }) => isHere(host)),
    alignments: async () =>
      (await operations.alignments()).filter(({ source, target }) => isHere(source, target)),
    copies: async () => (await operations.copies()).filter(({ host }) => isHere(host)),
    async whatIf(host) {
      refuseForeign(host);
      const found = await operations.whatIf(host);
      return { ...found, silent: found.silent.filter((name) => isHere(name)) };
    },
    async proposeRestore(request) {
      refuseForeign(request.host);
      return await operations.proposeRestore(request);
    },
    async proposeDeletion(request) {
      refuseForeign(request.host);
      return await operations.proposeDeletion(request);
    },
    history: async (vm) =>
      (await operations.history(vm)).filter(({ source, target }) => isHere(source, target)),
    doctor: async () => (await operations.doctor()).filter((one) => isAbout(one, isHere)),
    async enroll(host, code, user) {
      refuseForeign(host);
      await operations.enroll(host, code, user);
    },
    async mayUnenroll(host) {
      refuseForeign(host);
      return await operations.mayUnenroll(host);
    },
    async unenroll(host) {
      refuseForeign(host);
      await operations.unenroll(host);
    },
  };
}

interface Gate {
  /** @throws {DeniedProblem} channel-not-for-hosts {hosts} */
  refuseForeign(...names: readonly string[]): void;
  /** @throws {DeniedProblem} channel-not-for-hosts {hosts} */
  refuseForeignOperation(which: string): Promise<void>;
}

function gateOf(asker: Pick<Asker, 'channel'>, { operations, authority }: Parts): Gate {
  const refuseForeign = (...names: readonly string[]): void => {
    const denied = authority.deniedHere(asker, names);
    if (denied) throw new DeniedProblem(denied);
  };
  const refuseForeignOperation = async (which: string): Promise<void> => {
    for (const view of await viewsOf(operations, which)) refuseForeign(...hostsOf(view));
    const drains = await operations.drains();
    for (const view of drains.filter((one) => isMeantDrain(one, which))) {
      refuseForeign(...hostsOfDrain(view));
    }
  };
  return { refuseForeign, refuseForeignOperation };
}

/** Where the VM is shows only while its hosts are looked at. */
async function asDenied<Answer>(
  asker: Pick<Asker, 'channel'>,
  authority: Authority,
  act: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await act();
  } catch (error) {
    const hosts = error instanceof Problem ? hostsIn(error) : [];
    const denied = authority.deniedHere(asker, hosts);
    throw denied ? new DeniedProblem(denied) : error;
  }
}

/** The hosts that a look found to be concerned. */
function hostsIn({ code, facts }: Problem): readonly string[] {
  if (code === 'retry-vm-moved') return [String(facts.host)];
  return code === CODE && Array.isArray(facts.hosts) ? facts.hosts : [];
}

/** All that it touches. */
const hostsOfDrain = ({ plan }: DrainView): readonly string[] => [
  ...new Set([plan.host, ...plan.moves.flatMap((move) => [move.plan.source, move.plan.target])]),
];

const hostsOf = ({ plan }: OperationView): readonly string[] => [plan.source, plan.target];

/** What a typed word may mean: the operation of this name, and those that are open for this VM. */
async function viewsOf(operations: Operations, which: string): Promise<readonly OperationView[]> {
  const open = await operations.openViews();
  const named = open.filter(({ plan }) => same(plan.vm.name, which));
  const view = await operations.view(which);
  return view ? [view, ...named] : named;
}

/** Of the newest migration of the VM with this name, which is meant where none is under way. */
async function hostsOfLast(operations: Operations, which: string): Promise<readonly string[]> {
  if ((await viewsOf(operations, which)).length > 0) return [];
  const last = (await operations.history(which)).find(({ kind }) => kind === 'migration');
  return last ? [last.source, last.target] : [];
}

/** What is said of the bot or the store concerns everybody. */
const isAbout = ({ facts }: Finding, isHere: (host: string) => boolean): boolean =>
  [facts.host, facts.to].every(
    (name) => typeof name !== 'string' || name === 'bot' || isHere(name),
  );

const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
