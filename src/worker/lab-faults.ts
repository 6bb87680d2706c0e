/** What the lab does to a worker so that faults happen at a known moment. Nothing in production. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { access, mkdir, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { WorkerConfig } from '../config.ts';
import type { FrozenDisk } from '../domain/round.ts';
import type { Journal } from '../migration/ports.ts';
import { corrupting } from '../stream/wrappers/corrupting.ts';
import type { BlockSource } from '../stream/wrappers/retried.ts';
import { createRateLimit } from '../stream/wrappers/throttled.ts';
import type { SourceOptions } from './source-end.ts';

const LOOK_SECONDS = 0.05;
const HOLD_SECONDS_MAX = 120;
/** Whatever is written in one piece of this size holds blocks. */
const FRAME_OF_BLOCKS_BYTES_MIN = 16 * 1024;

export interface LabFaults {
  readonly stream: Pick<SourceOptions, 'limit' | 'wrap'>;
  journal(journal: Journal): Journal;
}

export function labFaults(config: WorkerConfig): LabFaults {
  const { FERRY_LAB_LIMIT: limit, FERRY_LAB_HOLD: hold, FERRY_LAB_FAULT: fault } = config;
  const folder = folderOf(config);
  return {
    stream: {
      limit: createRateLimit(limit),
      ...(fault === 'last-round-skipped' ? { wrap: withoutFenced } : {}),
    },
    journal: (journal) => (hold ? holding(journal, { folder, step: hold }) : journal),
  };
}

/** Of all blocks that this process sends, one arrives damaged; a file says that it was. */
export function labWire(config: WorkerConfig): (socket: Socket) => Socket {
  if (config.FERRY_LAB_FAULT !== 'corrupt-block') return (socket) => socket;
  let isDone = false;
  const damages = ({ length }: Buffer): boolean => {
    if (isDone || length < FRAME_OF_BLOCKS_BYTES_MIN) return false;
    isDone = true;
    const folder = folderOf(config);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${config.FERRY_LAB_FAULT}.reached`), '');
    return true;
  };
  return (socket) => corrupting(socket, damages);
}

const folderOf = (config: WorkerConfig): string =>
  join(config.FERRY_LAB ?? config.FERRY_STATE, 'holds');

/** Between `started` and the step's first effect: the lab acts, and lets go. */
function holding(journal: Journal, { folder, step }: { folder: string; step: string }): Journal {
  return {
    ...journal,
    async append(operation, entries, body) {
      const appended = await journal.append(operation, entries, body);
      const isHere = body.kind === 'started' && body.step === step && body.move === 'run';
      if (appended.result === 'appended' && isHere) await hold(folder, step);
      return appended;
    },
  };
}

async function hold(folder: string, step: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${step}.reached`), '');
  for (let waited = 0; waited < HOLD_SECONDS_MAX; waited += LOOK_SECONDS) {
    const released = await access(join(folder, `${step}.released`)).then(
      () => true,
      () => false,
    );
    if (released) return;
    await pause(LOOK_SECONDS * 1000);
  }
}

/** The negative control: the last round claims that nothing changed, and both digests agree. */
function withoutFenced(source: BlockSource, { file }: FrozenDisk): BlockSource {
  if (!file.path.endsWith('.ferry-fenced')) return source;
  return {
    virtualBytes: source.virtualBytes,
    async *extents() {},
    read: (offset, into) => source.read(offset, into),
  };
}
