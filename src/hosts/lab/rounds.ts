/** Rounds on checkpoints: round n is what the checkpoint `ferry <operation> round <n>` froze. */

import { describeFile } from '../../disks/chain.ts';
import type { Token } from '../../domain/journal.ts';
import { Problem } from '../../domain/problem.ts';
import type { FrozenDisk, FrozenRound } from '../../domain/round.ts';
import { realDisks } from './checkpoints.ts';
import { runJob } from './control.ts';
import { isOurs } from './facts.ts';
import type { Place } from './layout.ts';
import { type LabCheckpoint, type LabVm, requireVm } from './state.ts';

/** The chain is never longer than base + 2. */
const ROUNDS_OPEN_MAX = 2;

/** @throws Problem `foreign-checkpoint`, `tracking-left-over`, `rounds-open`, `vm-fenced` */
export async function openRound(place: Place, round: number, token: Token): Promise<FrozenRound> {
  const vm = await requireVm(place);
  refuseForeign(place, vm);
  const open = roundsOf(vm, token);
  const found = open.find(({ number }) => number === round);
  if (found) return frozenRound(vm, found.checkpoint, round);
  const facts = { host: place.host, vm: vm.name };
  const strays = vm.checkpoints.filter(
    (each) => !open.some(({ checkpoint }) => checkpoint === each),
  );
  if (strays.length > 0)
    throw new Problem('tracking-left-over', { ...facts, checkpoints: strays.map((s) => s.name) });
  if (open.length >= ROUNDS_OPEN_MAX)
    throw new Problem('rounds-open', { ...facts, rounds: open.map((each) => `${each.number}`) });
  await runJob(place, { command: 'freeze', name: nameOf(token, round) });
  const after = await requireVm(place);
  const taken = roundsOf(after, token).find(({ number }) => number === round);
  if (!taken) throw new Error(`Round ${round} of ${vm.name} was not frozen`);
  return frozenRound(after, taken.checkpoint, round);
}

/** @throws Problem `round-not-followed` when no later round would be left. */
export async function closeRounds(place: Place, upTo: number, token: Token): Promise<FrozenRound> {
  const vm = await requireVm(place);
  const open = roundsOf(vm, token);
  const newest = open.at(-1);
  if (newest === undefined || newest.number <= upTo)
    throw new Problem('round-not-followed', { host: place.host, vm: vm.name, round: upTo });
  const names = open.filter(({ number }) => number <= upTo).map((each) => each.checkpoint.name);
  // Also without a name: a merge that a killed process began is ended here.
  if (names.length > 0 || vm.merging) await runJob(place, { command: 'merge', names });
  const after = await requireVm(place);
  const kept = roundsOf(after, token).at(-1);
  if (kept === undefined) throw new Error(`The rounds of ${vm.name} are gone`);
  return frozenRound(after, kept.checkpoint, kept.number);
}

/** Merges all of Ferry's checkpoints; those of others stay. */
export async function stopTracking(place: Place): Promise<void> {
  const vm = await requireVm(place);
  const names = vm.checkpoints.map(({ name }) => name).filter(isOurs);
  if (names.length > 0 || vm.merging) await runJob(place, { command: 'merge', names });
}

/** @throws Problem `foreign-checkpoint` */
export function refuseForeign({ host }: Place, vm: LabVm): void {
  const checkpoints = vm.checkpoints.map(({ name }) => name).filter((name) => !isOurs(name));
  if (checkpoints.length > 0)
    throw new Problem('foreign-checkpoint', { host, vm: vm.name, checkpoints });
}

/** What each disk's file holds now, under the identity that its children must name. */
export async function frozenRound(
  vm: LabVm,
  { frozen }: Pick<LabCheckpoint, 'frozen'>,
  number: number,
): Promise<FrozenRound> {
  // A disk that came later is not in it.
  const held = realDisks(vm.disks).filter(({ id }) => frozen[id] !== undefined);
  const disks = held.map(async ({ id }): Promise<FrozenDisk> => {
    const path = frozen[id] ?? '';
    const { identity, parent, virtualBytes } = await describeFile(path);
    return { disk: id, virtualBytes, file: identity, ...(parent ? { parent } : {}) };
  });
  return { number, disks: await Promise.all(disks) };
}

const nameOf = ({ operation }: Token, round: number) => `ferry ${operation} round ${round}`;

/** The operation's own rounds, lowest first. */
function roundsOf(vm: LabVm, { operation }: Token) {
  const start = `ferry ${operation} round `;
  return vm.checkpoints
    .filter(({ name }) => name.startsWith(start))
    .map((checkpoint) => ({ checkpoint, number: Number(checkpoint.name.slice(start.length)) }));
}
