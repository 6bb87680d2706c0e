/** B31: how many moves a host allows at once. A busy one is waited for in Ferry's own queue. */

import type { HostFacts } from '../../domain/host.ts';
import { known, type MigrationSettings } from '../../domain/hyperv.ts';
import { anyHas, askBoth, type Check, findingsOf } from '../check.ts';
import { namesOf } from '../live-hosts.ts';
import { wayOf } from '../way.ts';

const say = findingsOf('slots');

export const slots: Check = {
  id: 'B31',
  name: 'slots',
  methods: ['live'],
  phases: ['plan', 'recheck'],
  unknownMeans: 'acknowledge',
  applies: (subject) => anyHas(subject, ({ migration }) => migration),
  run(subject) {
    const copies = wayOf(subject.vm) === 'with storage';
    const limits = askBoth(subject, 'the migration settings', ({ migration }) => migration);
    const none = limits.known.filter(
      ({ value }) => value.movesMax === 0 || (copies && value.storageMovesMax === 0),
    );
    if (none.length > 0) return say.blocker({ hosts: namesOf(none) });
    const active = askBoth(subject, 'the running moves', ({ activeMoves }) => activeMoves);
    const unread = limits.unread ?? active.unread;
    if (unread) return say.unknown(unread);
    const busy = limits.known.filter(({ host, value }) => isBusy(host, value, copies));
    return say.ok({ busy: namesOf(busy) });
  },
};

function isBusy({ hyperv }: HostFacts, limits: MigrationSettings, copies: boolean): boolean {
  const { moves = 0, storageMoves = 0 } = known(hyperv?.activeMoves) ?? {};
  return moves >= limits.movesMax || (copies && storageMoves >= limits.storageMovesMax);
}
