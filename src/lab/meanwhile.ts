/** Faults of what others do to disks and volumes while a VM is copied. */

import { setTimeout as pause } from 'node:timers/promises';
import {
  endForeignCheckpoint,
  fillVolume,
  foreignCheckpoint,
  personAddsDisk,
  personDeletesCheckpoint,
} from '../hosts/lab/power.ts';
import { keptCopies } from './checker.ts';
import type { Fault } from './faults.ts';
import { heldAt, releaseHold } from './holds.ts';
import { ask, untilSeen, untilTold } from './session.ts';

const MIB = 2 ** 20;
/** The target looks at its volume every five seconds. */
const ROOM_SECONDS = 6;
/** The source waits for the end of a backup's checkpoint, and looks every two seconds. */
const BACKUP_SECONDS = 5;
const AGAIN_SECONDS_MAX = 120;

export const MEANWHILE: readonly Fault[] = [
  {
    name: 'target-full',
    what: "somebody fills the target's volume after the first round",
    end: 'rolled back',
    ends: 'rolled back; the VM runs at the source, and hv-b keeps its copy',
    keepsCopy: true,
    ...heldAt('copyDirtyRounds', 'hv-a'),
    act: async (lab) => {
      await fillVolume(lab.directory, 'hv-b', 512 * MIB);
      await pause(ROOM_SECONDS * 1000);
    },
    after: async (lab) => {
      await untilTold(lab, 'an alert that names the full volume', /hv-b.* free/);
      return undefined;
    },
  },
  {
    name: 'source-volume-filling',
    what: "the source's volume gets full while rounds are open and no step of Ferry's acts",
    end: 'rolled back',
    ends: 'taken back before the volume is full; hv-a has all its room back, and hv-b keeps its copy',
    keepsCopy: true,
    ...heldAt('copyDirtyRounds', 'hv-a'),
    act: async (lab, { operation }) => {
      await fillVolume(lab.directory, 'hv-a', 512 * MIB);
      await untilSeen(lab, operation, ({ state }) => state.rollingBack !== undefined);
    },
    after: async (lab) => {
      await untilTold(lab, 'an alert that names the volume', /hv-a.* free/);
      return undefined;
    },
  },
  {
    name: 'disk-added-meanwhile',
    what: 'a person gives the VM one more disk before the cutover',
    end: 'migrated',
    ends: 'rolled back, and hv-b keeps its copy; Retry asks for a new plan with both disks, which migrates',
    ...heldAt('recheck', 'hv-a'),
    act: async (lab, { vm }) => {
      await personAddsDisk(lab.directory, 'hv-a', vm);
    },
    after: async (lab, operation) => {
      if ((await keptCopies(lab.directory, 'hv-b')).length === 0)
        throw new Error('No copy is kept');
      await untilTold(lab, 'an alert that offers another try', /other disks/);
      const say = `/migrate retry ${operation}`;
      return await ask(lab, { say, approve: true, secondsMax: AGAIN_SECONDS_MAX });
    },
  },
  {
    name: 'backup-takes-checkpoint',
    what: `a backup holds a checkpoint of the VM for ${BACKUP_SECONDS} s between two rounds`,
    end: 'migrated',
    ends: 'waits until the backup has removed it; then migrates',
    ...heldAt('copyDirtyRounds', 'hv-a'),
    act: async (lab, { vm }) => {
      const name = await foreignCheckpoint(lab.directory, 'hv-a', vm);
      await releaseHold(lab, { step: 'copyDirtyRounds' });
      await pause(BACKUP_SECONDS * 1000);
      await endForeignCheckpoint(lab.directory, { host: 'hv-a', vm, name });
    },
  },
  {
    name: 'checkpoint-deleted',
    what: "a person deletes Ferry's checkpoint between two rounds",
    end: 'migrated',
    ends: 'the next round finds by digests what differs; migrates',
    ...heldAt('copyDirtyRounds', 'hv-a'),
    act: async (lab, { vm }) => {
      await personDeletesCheckpoint(lab.directory, 'hv-a', vm);
    },
  },
];
