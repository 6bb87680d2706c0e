/** One side's processor of step jobs, on the world's store, that tells what it called. */

import { join } from 'node:path';
import { stepProcessor } from '../../jobs/step.ts';
import type { Side } from '../../src/domain/journal.ts';
import type { ProblemRecord } from '../../src/domain/problem.ts';
import type { Runner } from '../../src/migration/advance.ts';
import type { Journal, StepPorts } from '../../src/migration/ports.ts';
import { openMemory } from '../../src/trust/memory.ts';
import { signingJournal } from '../../src/worker/journal.ts';
import type { World } from '../bot/world.ts';

export interface Told {
  readonly moved: string[];
  readonly halted: ProblemRecord[];
  readonly resumed: string[];
  readonly interrupted: string[];
}

export interface Processing extends Told {
  readonly step: (operation: string) => Promise<void>;
}

export interface Arranged {
  readonly side?: Side;
  /** What the target's first step does. */
  readonly reserve?: () => Promise<void>;
  readonly journal?: Partial<Journal>;
}

export function processingOn(
  world: World,
  { side = 'target', reserve = async () => undefined, journal }: Arranged,
): Processing {
  const told: Told = { moved: [], halted: [], resumed: [], interrupted: [] };
  const identity = world.workers[side === 'source' ? 'hv-a' : 'hv-b'];
  const signing = {
    store: world.store.journal,
    identity,
    botFingerprint: world.bot.fingerprint,
    roleIn: () => side,
  };
  const ports = {
    journal: { ...signingJournal(signing), ...journal },
    memory: openMemory(join(world.directory, `memory of ${side}`)),
    reservations: { reserve, release: async () => undefined },
    stream: { limit: () => undefined },
    sleep: (_seconds: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve())),
  } as unknown as StepPorts;
  const runner: Runner = { side, ports, stopping: new AbortController().signal };
  const run = stepProcessor({
    runnerOf: async () => runner,
    moved: async (one) => void told.moved.push(one),
    halted: async (_one, problem) => void told.halted.push(problem),
    resumed: async (one) => void told.resumed.push(one),
    interrupted: (one) => void told.interrupted.push(one),
  });
  const job = { kind: 'step', step: 'reserveTarget', move: 'run', attempt: 1 } as const;
  return { ...told, step: (one) => run({ ...job, operation: one }) };
}
