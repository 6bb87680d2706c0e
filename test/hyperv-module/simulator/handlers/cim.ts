/** Get-CimInstance and its relatives: facts A.11 and A.12. */

import { runningMemoryBytes } from '../../../../src/hosts/lab/facts.ts';
import { type Call, failure, type Handler, type Handlers, say } from '../call.ts';
import { JOB_STATE, type MoveJob } from '../moves/job.ts';
import { guidOf } from '../overlay.ts';
import { type DoubleObject, date, hresult, WindowsError } from '../wire.ts';
import { matches } from './where.ts';

const VIRTUALIZATION = 'root/virtualization/v2';

type Reader = (call: Call) => Promise<Record<string, unknown>[]> | Record<string, unknown>[];

const CLASSES: Readonly<Record<string, Reader>> = {
  Win32_ComputerSystem: ({ host: { name, overlay, lab } }) => [
    {
      Name: name.toUpperCase(),
      DNSHostName: name,
      Domain: overlay.domain.joined ? overlay.domain.name : 'WORKGROUP',
      Workgroup: overlay.domain.joined ? null : 'WORKGROUP',
      PartOfDomain: overlay.domain.joined,
      DomainRole: overlay.domain.joined ? 3 : 2,
      Manufacturer: 'Ferry',
      Model: 'Simulated',
      TotalPhysicalMemory: lab.memoryBytesTotal,
      NumberOfProcessors: overlay.numaNodes,
      NumberOfLogicalProcessors: lab.processors,
    },
  ],
  Win32_OperatingSystem: async ({ world, host: { name, lab, overlay, profile } }) => {
    const free = lab.memoryBytesTotal - (await runningMemoryBytes(world.dir, name));
    const isItalian = overlay.language === 'it-IT';
    return [
      {
        CSName: name.toUpperCase(),
        BuildNumber: String(profile.build),
        Caption: profile.caption,
        Version: `10.0.${profile.build}`,
        // Kibibytes.
        FreePhysicalMemory: Math.floor(free / 1024),
        TotalVisibleMemorySize: Math.floor(lab.memoryBytesTotal / 1024),
        LocalDateTime: date(Date.now()),
        LastBootUpTime: date(Date.UTC(2024, 5, 1)),
        MUILanguages: [overlay.language],
        OSLanguage: isItalian ? 1040 : 1033,
        Locale: isItalian ? '0410' : '0409',
        SystemDrive: 'C:',
        ProductType: 3,
      },
    ];
  },
  Win32_Processor: ({ host: { overlay, lab } }) =>
    Array.from({ length: overlay.numaNodes }, (_, index) => ({
      DeviceID: `CPU${index}`,
      Manufacturer: overlay.processor.manufacturer,
      Name: overlay.processor.name,
      Family: overlay.processor.family,
      Revision: overlay.processor.revision,
      Description: `${overlay.processor.manufacturer} Family ${overlay.processor.family}`,
      ProcessorId: guidOf(overlay.processor.features.join()).slice(0, 16).toUpperCase(),
      NumberOfCores: Math.ceil(lab.processors / overlay.numaNodes / 2),
      NumberOfLogicalProcessors: Math.floor(lab.processors / overlay.numaNodes),
    })),
  Win32_DeviceGuard: ({ host: { overlay } }) => [
    {
      SecurityServicesConfigured: overlay.credentialGuard ? [1] : [0],
      SecurityServicesRunning: overlay.credentialGuard ? [1] : [0],
      VirtualizationBasedSecurityStatus: overlay.credentialGuard ? 2 : 0,
    },
  ],
  Win32_Service: ({ host: { overlay } }) =>
    Object.entries(overlay.services).map(([Name, State]) => ({ Name, State, StartMode: 'Auto' })),
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
    { Name: 'vmms', ElementName: 'Hyper-V Virtual System Management Service', SystemName: host.name },
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
    ElapsedTime: date((job.isOver ? job.changedAt : Date.now()) - job.startedAt),
    // CIM DATETIME: five minutes.
    TimeBeforeRemoval: '00000000000500.000000:000',
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
  const instances = (await read(call)).map((instance): DoubleObject => ({
    $type: name,
    $id: `${call.host.name} ${name}`,
    PSComputerName: call.host.name,
    ComputerName: call.host.name,
    ...instance,
  }));
  return instances.filter(
    (each) => matches(each, filter) && (object === undefined || object.$id === each.$id),
  );
};

const invalidClass = (name: string): WindowsError =>
  new WindowsError(`Invalid class "${name}"`, {
    errorId: 'HRESULT 0x80041010,Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand',
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
    const job = world.moves.find(({ instanceId, isDropped }) => !isDropped && instanceId === object?.$id);
    if (job === undefined) throw notFound(call, object?.$id ?? '');
    const vm = [job.request.vmId, job.request.name];
    const refused = world.faults.take('cancel-refused', { vm });
    if (refused !== undefined) return result(refused.code);
    if (world.faults.take('cancel-too-late', { vm })) job.cancelIgnored = true;
    return result(job.requestStateChange(Number(given.RequestedState)));
  }
  if (method === 'destroysystem') {
    const { $id, Name } = (given.AffectedSystem ?? {}) as Record<string, unknown>;
    const vmId = String($id ?? Name ?? '').toLowerCase();
    const planned = world.plannedOn(call.host.name).find((each) => each.vmId === vmId);
    if (planned === undefined) return result(32773);
    await world.unplan(planned);
    return result(0);
  }
  throw notFound(call, parameters.text('MethodName') ?? '');
};

const result = (ReturnValue: number): DoubleObject => ({
  $type: 'CimMethodResult',
  ReturnValue,
  Job: null,
  PSComputerName: null,
});

const notFound = (call: Call, detail: string): WindowsError =>
  failure(call, 'parameter-wrong', {
    facts: { detail },
    errorId: 'HRESULT 0x80041002,Microsoft.Management.Infrastructure.CimCmdlets.InvokeCimMethodCommand',
    category: 'ObjectNotFound',
    hresult: hresult(0x80041002),
  });

export const cimHandlers: Handlers = {
  'Get-CimInstance': get,
  'Invoke-CimMethod': invoke,
  'New-CimSession': ({ host }) => ({
    $type: 'CimSession',
    $id: guidOf(`session ${host.name}`),
    ComputerName: host.name,
    Name: 'CimSession1',
    Id: 1,
    Protocol: 'WSMAN',
  }),
  'Remove-CimSession': () => undefined,
};
