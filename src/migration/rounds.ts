/** One round: freeze all disks together, check that it continues the last one, send, then merge. */

import type { OpenedCopying } from '../domain/journal.ts';
import { Problem } from '../domain/problem.ts';
import {
  afterRound,
  type FileIdentity,
  type FrozenRound,
  type RoundOfChanges,
  ratesOf,
} from '../domain/round.ts';
import type { Notes, SendMode, SentRound } from './ports.ts';
import { refuseLowSpace } from './space.ts';
import { type StepContext, TurnBack } from './step.ts';

/** What a target says whose copy was made for other disks. */
const OTHER_DISKS = ['stream-disk-unknown', 'stream-disk-size', 'stream-disks-missing'];
const POLL_SECONDS = 2;
/** Each round should be much smaller than the one before; whoever needs more is not caught up with. */
const ROUNDS_MAX = 10;

/** What rounds in a row cost, and what the cutover would cost if the guest went on like this. */
export interface RoundsSent extends Showing {
  readonly bytesSent: number;
  readonly bytesOnTarget: number;
}

/** What the last one shows, for whoever decides what helps. Rates are absent where not measured. */
export interface Showing {
  readonly round: number;
  readonly seconds: number;
  readonly pauseSeconds: number;
  /** As approved, and what of it is no copying. */
  readonly pauseSecondsMax: number;
  readonly stopAndStartSeconds: number;
  readonly dirtyBytesPerSecond?: number;
  readonly carriedBytesPerSecond?: number;
  /** With everything around them: what a limit holds down. */
  readonly sentBytesPerSecond?: number;
  readonly [fact: string]: number;
}

/** Round after round, until the rest fits into the approved pause or will not. */
export async function sendUntilItFits(context: StepContext): Promise<RoundsSent> {
  const { opened, ports, signal } = context;
  const { pauseSecondsMax, disks } = opened.plan;
  const { stopAndStartSeconds } = ports.timing;
  const limits = { roundsMax: ROUNDS_MAX, pauseSecondsMax, stopAndStartSeconds };
  const bytesVirtual = disks.reduce((sum, disk) => sum + disk.virtualBytes, 0);
  const rounds: RoundOfChanges[] = [];
  for (;;) {
    signal.throwIfAborted();
    const sent = await sendNextRound(context);
    rounds.push(sent);
    if (afterRound(rounds, limits) === 'another round') continue;
    const bytesSent = rounds.reduce((sum, round) => sum + round.bytesSent, 0);
    const bytesStaged = Math.max(...rounds.map(({ bytesRead }) => bytesRead));
    return { ...showing(context, sent), bytesSent, bytesOnTarget: bytesVirtual + bytesStaged };
  }
}

/** What this round shows. */
export function showing({ opened, ports }: StepContext, sent: RoundOfChanges): Showing {
  const { number: round, seconds, bytesSent } = sent;
  const { stopAndStartSeconds } = ports.timing;
  const rates = ratesOf(sent);
  return {
    round,
    seconds,
    pauseSeconds: seconds + stopAndStartSeconds,
    pauseSecondsMax: opened.plan.pauseSecondsMax,
    stopAndStartSeconds,
    ...(rates ? { ...rates, sentBytesPerSecond: bytesSent / seconds } : {}),
  };
}

/** Freezes, sends and commits the next round, then merges the one before. Safe to run again. */
export async function sendNextRound(
  context: StepContext<OpenedCopying>,
): Promise<SentRound & RoundOfChanges> {
  const { ports, vmId, token } = context;
  const notes = await ports.notebook.read(token.operation);
  const round = await freeze(context, notes.round + 1);
  const frozenAt = ports.now();
  const sent = await sendRound(context, round, notes);
  // Only now: the round after the one that is merged has been frozen and committed.
  const merged = await ports.host.closeRounds(vmId, notes.round, token);
  await noteRound(context, merged, { ...sent, frozenAt });
  if (notes.frozenAt === undefined) return sent;
  // A clock that was set back tells nothing.
  return { ...sent, changingSeconds: Math.max(0, (frozenAt - notes.frozenAt) / 1000) };
}

/** Sends one frozen round in the way that its lineage allows; the target may ask for a resync. */
export async function sendRound(
  { ports, token, signal }: StepContext<OpenedCopying>,
  round: FrozenRound,
  notes: Notes,
): Promise<SentRound> {
  const mode = modeFor(round, notes);
  try {
    return await ports.stream.send({ token, round, mode }, signal);
  } catch (error) {
    if (error instanceof Problem && OTHER_DISKS.includes(error.code)) {
      throw new TurnBack(error.code, error.facts);
    }
    const asked = error instanceof Problem && error.code === 'stream-resync-needed';
    if (!asked || mode === 'by digests') throw error;
    return await ports.stream.send({ token, round, mode: 'by digests' }, signal);
  }
}

/** The target has committed this round; the next one must be a child of these files. */
export async function noteRound(
  { ports, token }: StepContext<OpenedCopying>,
  round: FrozenRound,
  { number, frozenAt }: { readonly number: number; readonly frozenAt?: number },
): Promise<void> {
  const ended = Object.fromEntries(round.disks.map(({ disk, file }) => [disk, file]));
  const { frozenAt: _, ...notes } = await ports.notebook.read(token.operation);
  const at = frozenAt === undefined ? {} : { frozenAt };
  await ports.notebook.write(token.operation, { ...notes, round: number, ended, ...at });
}

/** A round that is no child of what the last one ended with is found by digests, never by trust. */
export function modeFor(round: FrozenRound, notes: Notes): SendMode {
  if (notes.round < 0) return 'whole';
  const continues = round.disks.every(({ disk, parent }) => isSame(parent, notes.ended[disk]));
  return continues ? 'changes' : 'by digests';
}

function isSame(a: FileIdentity | undefined, b: FileIdentity | undefined): boolean {
  return a !== undefined && b !== undefined && a.path === b.path && a.linkage === b.linkage;
}

/** A backup's checkpoint is waited for; ours never stands on top of it. */
async function freeze(context: StepContext<OpenedCopying>, round: number): Promise<FrozenRound> {
  const { ports, vmId, token, signal } = context;
  await refuseLowSpace(context);
  const patience = ports.timing.foreignCheckpointPatienceSeconds;
  for (let waited = 0; ; waited += POLL_SECONDS) {
    signal.throwIfAborted();
    try {
      return await ports.host.openRound(vmId, round, token);
    } catch (error) {
      const foreign = error instanceof Problem && error.code === 'foreign-checkpoint';
      if (!foreign || waited >= patience) throw error;
      await ports.sleep(POLL_SECONDS, signal);
    }
  }
}
