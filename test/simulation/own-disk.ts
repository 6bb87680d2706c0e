/** What a worker keeps on its own disk in a run: the source's notes, the target's reservations. */

import type { Notebook, Reservations } from '../../src/migration/ports.ts';
import { type Actor, call, type FakeHost, type World } from './world.ts';

export function notebookPort(world: World, host: FakeHost, actor: Actor): Notebook {
  return {
    read: (operation) =>
      call(world, { actor, what: 'notebook.read' }, () => {
        return host.notes.get(operation) ?? { round: -1, ended: {}, stoppedByUs: false };
      }),
    write: (operation, notes) =>
      call(world, { actor, what: 'notebook.write' }, () => {
        host.notes.set(operation, notes);
      }),
  };
}

export function reservationsPort(world: World, host: FakeHost, actor: Actor): Reservations {
  return {
    reserve: ({ operation }) =>
      call(world, { actor, what: 'reservations.reserve' }, () => {
        host.reserved.add(operation);
      }),
    release: (operation) =>
      call(world, { actor, what: 'reservations.release' }, () => {
        host.reserved.delete(operation);
      }),
  };
}
