/**
 * B8: who moves a VM live administers both hosts; of a stream each worker administers its own. A refusal
 * would show late, in the middle of the move.
 */

import { known } from '../../domain/hyperv.ts';
import { anyHas, askBoth, type Check, findingsOf, type Subject } from '../check.ts';
import { goesByHosts, isSameName, reachOf } from '../live-hosts.ts';

const say = findingsOf('worker-account');

export const workerAccount: Check = {
  id: 'B8',
  name: 'worker-account',
  methods: ['live', 'stream'],
  phases: ['plan'],
  unknownMeans: 'acknowledge',
  applies: (subject) => goesByHosts(subject) && anyHas(subject, ({ account }) => account),
  run(subject, { method }) {
    const { source } = subject;
    const accounts = askBoth(subject, "the worker's account", ({ account }) => account);
    const unable = accounts.known.find(
      ({ value }) => !value.isAdministrator && !value.isHyperVAdministrator,
    );
    if (unable) return say.blocker({ host: unable.host.name, account: unable.value.name });
    if (accounts.unread) return say.unknown(accounts.unread);
    const mover = accounts.known.find(({ host }) => host === source)?.value;
    if (!mover || method === 'stream') return say.ok({});
    const facts = { host: source.name, account: mover.name };
    if (!isKnownAtTarget(subject, mover.name)) {
      return say.unknown(`whether ${mover.name} administers ${subject.target.name}`);
    }
    return mover.cannotBeDelegated ? say.warning(facts, 'account-not-delegable') : say.ok(facts);
  },
};

/** The same account works there, or it opened a share that only administrators open. */
function isKnownAtTarget({ source, target }: Subject, account: string): boolean {
  const there = known(target.hyperv?.account)?.name;
  if (there !== undefined && isSameName(there, account)) return true;
  return known(reachOf(source, target)?.adminShare) === true;
}
