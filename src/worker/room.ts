/** Whether the target's volume takes in more: VMs run there, and a full volume makes them stand still. */

import type { VolumeFacts } from '../domain/host.ts';
import { volumeOfPath } from '../domain/paths.ts';
import { Problem } from '../domain/problem.ts';

/** What was reserved is there; somebody else may have taken it since. */
const BYTES_FREE_MIN = 1024 ** 3;
/** It is asked with every few megabytes; the hypervisor is not. */
const LOOK_MS = 5000;

export interface Room {
  readonly host: string;
  readonly volumes: () => Promise<readonly VolumeFacts[]>;
}

/** A check for copies in this folder. It throws Problem `target-full`. */
export function roomFor(folder: string, { host, volumes }: Room): () => Promise<void> {
  let lookedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = performance.now();
    if (now - lookedAt < LOOK_MS) return;
    const volume = volumeOfPath(await volumes(), folder);
    if (volume && volume.bytesFree < BYTES_FREE_MIN) {
      const { path, bytesFree } = volume;
      throw new Problem('target-full', { host, volume: path, bytesFree, bytesMin: BYTES_FREE_MIN });
    }
    lookedAt = now;
  };
}
