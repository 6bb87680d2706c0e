/** Get-CimInstance and its relatives: facts A.11 and A.12. */

import { type Call, failure, type Handler, type Handlers, partsOf, say } from '../call.ts';
import { guidOf } from '../defaults.ts';
import { JOB_STATE, type MoveJob } from '../moves/job.ts';
import type { GivenObject } from '../parameters.ts';
import { type DoubleObject, date, hresult, WindowsError } from '../wire.ts';
import { matches } from './where.ts';
import { type CimClasses, WIN32_CLASSES } from './win32.ts';

const VIRTUALIZATION = 'root/virtualization/v2';

const CLASSES: CimClasses = {
  ...WIN32_CLASSES,
  Msvm_MigrationJob: (call) =>
    call.world.moves
      .filter(({ isDropped, request }) => !isDropped && request.source === call.host.name)
      .map((job) => migrationJob(call, job)),
  Msvm_PlannedComputerSystem: ({ world, host }) =>
    world.plannedOn(host.name).map(({ vmId, name }) => ({
      $id: vmId,
      Name: vmId.toUpperCase(),
      ElementName: name,
      Caption: 'Planned Virtual Machine',
    })),
  Msvm_ComputerSystem: async ({ world, host }) =>
    (await world.vms(host.name)).map(({ lab }) => ({
      $id: lab.id,
      Name: lab.id.toUpperCase(),
      ElementName: lab.name,
      Caption: 'Virtual Machine',
    })),
  Msvm_VirtualSystemManagementService: ({ host }) => [
    {
      Name: 'vmms',
      ElementName: 'Hyper-V Virtual System Management Service',
      SystemName: host.name,
    },
  ],
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
    ErrorDescription: job.error?.message ?? '',
    ErrorSummaryDescription: job.error?.message ?? '',
    StartTime: date(job.startedAt),
    TimeOfLastStateChange: date(job.changedAt),
    // Spans, in seconds.
    ElapsedTime: ((job.isOver ? job.changedAt : Date.now()) - job.startedAt) / 1000,
    TimeBeforeRemoval: 300,
    OperationalStatus: job.state === JOB_STATE.exception ? [6] : [2],
  };
}

const get: Handler = async (call) => {
  const { parameters } = call;
  const [object] = parameters.objects('InputObject');
  const query = /^\s*select\s+.+?\s+from\s+(\w+)(?:\s+where\s+(.+))?$/is.exec(
    parameters.text('Query') ?? '',
  );
  const wanted = parameters.text('ClassName') ?? query?.[1] ?? object?.$type ?? '';
  const name = Object.keys(CLASSES).find((each) => each.toLowerCase() === wanted.toLowerCase());
  const read = name === undefined ? undefined : CLASSES[name];
  if (name === undefined || read === undefined) throw invalidClass(wanted);
  const filter = parameters.text('Filter') ?? query?.[2] ?? '';
  const instances = (await read(call, filter)).map(
    (instance): DoubleObject => ({
      $type: name,
      ...instance,
      $id: JSON.stringify([call.host.name, name, instance.$id ?? '']),
      $computer: call.host.name === call.runsOn ? null : call.host.name,
    }),
  );
  return instances.filter(
    (each) => matches(each, filter) && (object === undefined || object.$id === each.$id),
  );
};

const invalidClass = (name: string): WindowsError =>
  new WindowsError(`Invalid class "${name}"`, {
    errorId:
      'HRESULT 0x80041010,Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand',
    category: 'MetadataError',
    hresult: hresult(0x80041010),
    terminating: false,
    target: VIRTUALIZATION,
  });

const invoke: Handler = async (call) => {
  const { parameters, world } = call;
  const method = parameters.text('MethodName')?.toLowerCase();
  const given = (parameters.raw('Arguments') ?? {}) as Record<string, unknown>;
  const [object] = parameters.objects('InputObject');
  if (method === 'requeststatechange') {
    const key = object === undefined ? '' : keyOf(object);
    const job = world.moves.find(({ instanceId, isDropped }) => !isDropped && instanceId === key);
    if (job === undefined) throw notFound(call, key);
    const vm = [job.request.vmId, job.request.name];
    const refused = world.faults.take('cancel-refused', { vm });
    if (refused !== undefined) return result(refused.code);
    if (world.faults.take('cancel-too-late', { vm })) job.cancelIgnored = true;
    return result(job.requestStateChange(Number(given.RequestedState)));
  }
  if (method === 'destroysystem') {
    const vmId = keyOf((given.AffectedSystem ?? {}) as GivenObject).toLowerCase();
    const planned = world.plannedOn(call.host.name).find((each) => each.vmId === vmId);
    if (planned === undefined) return result(32773);
    await world.unplan(planned);
    return result(0);
  }
  throw notFound(call, parameters.text('MethodName') ?? '');
};

/** What tells an instance from others of its class. */
const keyOf = (object: GivenObject): string => partsOf(object)[2] ?? '';

const result = (ReturnValue: number): DoubleObject => ({
  $type: 'Msvm_MethodResult',
  ReturnValue,
  Job: null,
});

const notFound = (call: Call, detail: string): WindowsError =>
  failure(call, 'parameter-wrong', {
    facts: { detail },
    errorId:
      'HRESULT 0x80041002,Microsoft.Management.Infrastructure.CimCmdlets.InvokeCimMethodCommand',
    category: 'ObjectNotFound',
    hresult: hresult(0x80041002),
  });

export const cimHandlers: Handlers = {
  'Get-CimInstance': get,
  'Invoke-CimMethod': invoke,
  'New-CimSession': ({ host }) => ({
    $type: 'CimSession',
    $id: guidOf(`session ${host.name}`),
    InstanceId: guidOf(`session ${host.name}`),
    ComputerName: host.name,
    Name: 'CimSession1',
    Id: 1,
    Protocol: 'WSMAN',
  }),
  'Remove-CimSession': () => undefined,
};
