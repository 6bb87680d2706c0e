/** What must hold of the hypervisor's own moves, beside what must hold of every migration. */

import { type Entry, epochOf, openedOf, type Token } from '../../src/domain/journal.ts';
import { keptOf } from './journals.ts';
import { storeTime } from './store.ts';
import { runningMove } from './windows.ts';
import { type FakeHost, type FakeVm, violated, type World } from './world.ts';

/** Only what is approved is moved, once, and never after somebody wanted it back. */
export function noteMove(world: World, { name }: FakeHost, token: Token): void {
  const { operation } = token;
  const { seen } = keptOf(world, name, operation);
  if (!world.approved.has(`${operation} ${openedOf(seen).planHash}`)) {
    violated(world, `${operation} moves the VM though nobody approved`);
  }
  const before = seen.filter((_, index) => epochOf(seen.slice(0, index)) < token.epoch);
  if (before.some(({ body }) => ['cancelled', 'rollback'].includes(body.kind))) {
    violated(world, `${operation} begins to move the VM though it was cancelled`);
  }
  if (runningMove(world)) violated(world, `${operation} asks for a second move while one runs`);
}

/** Whoever turned it off knows why. */
export function noteStart(world: World, { name, vm }: FakeHost, { operation }: Token): void {
  const { seen } = keptOf(world, name, operation);
  if (openedOf(seen).list !== 'live@1' || vm?.turnedOffAt === undefined) return;
  violated(world, `${operation} starts the VM that a person turned off`);
}

/** Only a person cancels a move that runs. */
export function noteCancel(world: World, { operation }: Token): void {
  if (world.wantedBack.has(operation)) return;
  violated(world, `${operation} cancels a move that nobody wants back`);
}

/** What a settled live migration has not brought into order where the VM is. */
export function whatIsMissing(
  world: World,
  operation: string,
  { home, vm }: { home: 'source' | 'target'; vm: FakeVm },
): string[] {
  const { seen } = keptOf(world, 'bot', operation);
  if (openedOf(seen).list !== 'live@1') return [];
  const wrong: string[] = [];
  if (runningMove(world)) wrong.push('a move of it still runs');
  if (home === 'target' && wasOff(seen, vm)) wrong.push('it was off, and nobody was told');
  // At the target that is a left-over, which the closing entry waits for.
  if (home === 'target' && seen.at(-1)?.body.kind !== 'closed') return wrong;
  if (!vm.medium) wrong.push('its medium is not back');
  if (vm.adapter !== 'as set') wrong.push(`its adapter is ${vm.adapter}`);
  return wrong;
}

/** It ran before its move, and was turned off before anyone looked whether it still does. */
function wasOff(seen: readonly Entry[], { turnedOffAt }: FakeVm): boolean {
  const entry = (kind: 'started' | 'done', step: string) =>
    seen.findLast(({ body }) => body.kind === kind && body.step === step && body.move === 'run');
  const carried = entry('done', 'carryOut')?.body;
  const ran = carried?.kind === 'done' && carried.facts.state === 'Running';
  const looked = entry('started', 'confirmMove')?.at ?? 0;
  return ran && turnedOffAt !== undefined && storeTime(turnedOffAt) < looked;
}
