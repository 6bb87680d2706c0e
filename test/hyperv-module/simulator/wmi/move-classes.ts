/** Msvm_ classes around live migration: facts A.2 and A.12. */

import { type Call, say } from '../call.ts';
import type { CimClasses } from '../handlers/win32.ts';
import { JOB_STATE, type MoveJob } from '../moves/job.ts';
import { courseOf } from './setting-data.ts';

export const MOVE_CLASSES: CimClasses = {
  Msvm_MigrationJob: (call) =>
    call.world.moves
      .filter(({ isDropped, request }) => !isDropped && request.source === call.host.name)
      .map((job) => migrationJob(call, job)),
  Msvm_VirtualSystemMigrationService: ({ world, host }) => {
    const running = world.moves.filter(
      ({ isOver, request }) => !isOver && [request.source, request.target].includes(host.name),
    );
    const { migration, adapters, otherMoves } = host.overlay;
    const stored = running.filter(({ request }) => request.way === 'storage');
    return [
      {
        Name: 'vmms',
        ActiveVirtualSystemMigrationCount: running.length + otherMoves,
        ActiveStorageMigrationCount: stored.length + otherMoves,
        MigrationServiceListenerIPAddressList: migration.enabled
          ? adapters.flatMap(({ addresses }) => addresses.map((each) => each.split('/')[0]))
          : [],
      },
    ];
  },
  Msvm_VirtualSystemMigrationServiceSettingData: ({ host: { overlay } }) => [
    {
      EnableVirtualSystemMigration: overlay.migration.enabled,
      EnableCompression: overlay.migration.performance === 'Compression',
      EnableSmbTransport: overlay.migration.performance === 'SMB',
      MaximumActiveVirtualSystemMigration: overlay.migration.movesMax,
      MaximumActiveStorageMigration: overlay.migration.storageMovesMax,
    },
  ],
};

function migrationJob(call: Call, job: MoveJob): Record<string, unknown> {
  const { request } = job;
  const isStored = request.way === 'storage';
  return {
    $id: job.instanceId,
    InstanceID: job.instanceId,
    Name: 'Msvm_MigrationJob',
    Caption: say(call, 'moving'),
    Description: say(call, 'moving'),
    ElementName: say(call, 'moving'),
    JobStatus: say(call, 'moving'),
    VirtualSystemName: request.vmId.toUpperCase(),
    DestinationHost: request.target,
    MigrationType: isStored ? 32771 : 32768,
    JobType: isStored ? 306 : 305,
    JobState: job.state,
    PercentComplete: Math.floor(job.percent),
    Cancellable: job.cancellable,
    ErrorCode: job.error === undefined ? 0 : job.error.hresult & 0xffff,
    ...courseOf(job),
    OperationalStatus: job.state === JOB_STATE.exception ? [6] : [2],
  };
}
