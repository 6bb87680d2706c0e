/** The other end of a question between hosts: what the host that is told answers. */

import type { Entry, Opened, Side } from '../domain/journal.ts';
import type { VmFacts } from '../domain/vm.ts';
import { isPastReturn } from './how-far.ts';
import type { PeerAnswer } from './ports.ts';
import { stateOf } from './state.ts';
import { stepsOf } from './steps.ts';

/** Read after the intent was flushed, so that of two hosts that ask at once one sees the other. */
export interface Told {
  readonly opened: Opened;
  /** The side of the host that is told. */
  readonly side: Side;
  /** The journal as this host remembers it, whatever the store says now. */
  readonly seen: readonly Entry[];
  readonly vm: VmFacts | undefined;
  readonly fenced: boolean;
}

/** A fence that this host has begun to take back counts as gone: the intent came too late for it. */
export function answerOf({ opened, side, seen, vm, fenced }: Told): PeerAnswer {
  const steps = stepsOf(opened);
  const startSeen = isPastReturn(steps, stateOf(steps, seen));
  const holds = fenced && !(side === 'source' && isTakenBack(seen));
  if (!vm) return { startSeen, vm: 'absent' };
  if (vm.state !== 'Off') return { startSeen, vm: 'running' };
  return { startSeen, vm: holds ? 'off, fenced' : 'off, free' };
}

const isTakenBack = (seen: readonly Entry[]): boolean =>
  seen.some(
    ({ body }) => body.kind === 'started' && body.step === 'fenceSource' && body.move === 'undo',
  );
