/**
 * Where a VM stands, by what both hosts say of it: the six queries of facts C, and a verdict for each
 * combination. Never by what a job says of itself.
 */

import { known, type Read } from '../../../domain/hyperv.ts';
import type { LiveMove } from '../../../domain/live.ts';
import { isSamePath } from '../../../domain/paths.ts';
import type { Facts } from '../../../domain/problem.ts';
import { isOurs, type Running, runningAt } from './job.ts';
import type { View } from './wire.ts';

export type Standing =
  /** A move of it runs, to our target or to somewhere else. */
  | { readonly kind: 'moving'; readonly running: Running; readonly ours: boolean }
  /** Registered at the target alone, each disk where it should be. */
  | { readonly kind: 'at target' }
  /** Registered at the source alone, its disks readable. */
  | { readonly kind: 'at source'; readonly state: string; readonly left: Left }
  | { readonly kind: 'unclear'; readonly facts: Facts };

/** What a move that is over has left at the target. */
export interface Left {
  readonly planned: boolean;
  readonly files: readonly string[];
}

export interface Views {
  readonly source: View;
  readonly target: View;
}

export const isClean = ({ planned, files }: Left): boolean => !planned && files.length === 0;

export function standingOf(views: Views, move: LiveMove): Standing {
  const { source, target } = views;
  const running = runningAt(source) ?? runningAt(target);
  if (running) return { kind: 'moving', running, ours: isOurs(running, move) };
  const facts = factsOf(views, move);
  const here = stateOf(source.vm);
  const there = stateOf(target.vm);
  if (here === UNREAD || there === UNREAD) return { kind: 'unclear', facts };
  if (here === ABSENT && there !== ABSENT && isWholeAt(target, move)) return { kind: 'at target' };
  if (here !== ABSENT && there === ABSENT && isWholeAt(source)) {
    const planned = known(target.planned);
    if (planned === undefined) return { kind: 'unclear', facts };
    return { kind: 'at source', state: here, left: { planned, files: known(target.files) ?? [] } };
  }
  return { kind: 'unclear', facts };
}

const UNREAD = 'unread';
const ABSENT = 'absent';

const stateOf = (vm: View['vm']): string => {
  if (!('value' in vm)) return UNREAD;
  return vm.value === null ? ABSENT : vm.value.state;
};

/** Its disks open, nothing is planned beside it, and at the target they lie where the plan says. */
function isWholeAt(view: View, move?: LiveMove): boolean {
  const jobs = known(view.jobs);
  const unreadable = known(view.unreadable);
  if (jobs === undefined || unreadable === undefined || unreadable.length > 0) return false;
  if (!move) return true;
  return misplacedOf(view, move).length === 0 && known(view.planned) === false;
}

/** Where the plan has a disk of the VM, and the VM has none. */
function misplacedOf({ vm }: View, { disks }: LiveMove): string[] {
  const paths = known(vm)?.disks ?? [];
  return disks
    .map(({ targetPath }) => targetPath)
    .filter((targetPath) => !paths.some((path) => isSamePath(path, targetPath)));
}

/** What was seen, for people: `move-unknown` has the words. */
function factsOf({ source, target }: Views, move: LiveMove): Facts {
  const here = [...partsOf(source)];
  const there = [...partsOf(target), ['planned', target.planned], ['files', target.files]] as const;
  return {
    atSource: stateOf(source.vm),
    atTarget: stateOf(target.vm),
    planned: known(target.planned) ?? UNREAD,
    unreadable: [...(known(source.unreadable) ?? []), ...(known(target.unreadable) ?? [])],
    elsewhere: isThere(target) ? misplacedOf(target, move) : [],
    files: known(target.files) ?? [],
    sourceUnread: unreadOf(here),
    targetUnread: unreadOf(there),
    why: [...new Set([...here, ...there].flatMap(([, read]) => reasonOf(read)))],
  };
}

/** The running move that nobody waits for any longer. */
export const factsOfRunning = ({ percent, target }: Running): Facts => ({
  percent,
  ...(target === undefined ? {} : { to: target }),
});

type Part = readonly [name: string, read: Read<unknown>];

const partsOf = ({ vm, jobs, unreadable }: View): readonly Part[] => [
  ['vm', vm],
  ['moves', jobs],
  ['disks', unreadable],
];

const unreadOf = (parts: readonly Part[]): string[] =>
  parts.filter(([, read]) => 'unread' in read).map(([name]) => name);

const isThere = ({ vm }: View): boolean => ![UNREAD, ABSENT].includes(stateOf(vm));

const reasonOf = (read: Read<unknown>): string[] => ('unread' in read ? [read.unread] : []);
