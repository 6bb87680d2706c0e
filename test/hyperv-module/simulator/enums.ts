/** The module's enums, as far as answers hold them: facts A.13. */

const ENUMS = {
  CheckpointType: { Disabled: 2, Production: 3, ProductionOnly: 4, Standard: 5 },
  ControllerType: { IDE: 0, SCSI: 1, PMEM: 2 },
  CriticalErrorAction: { None: 0, Pause: 1 },
  DvdMediaType: { None: 0, ISO: 1, PassThrough: 2 },
  MigrationAuthenticationType: { CredSSP: 0, Kerberos: 1 },
  OnOffState: { On: 0, Off: 1 },
  OperationType: {
    MoveVirtualMachine: 0,
    ImportVirtualMachine: 1,
    MoveVirtualMachineAndStorage: 2,
  },
  SnapshotType: {
    Standard: 0,
    Recovery: 1,
    Planned: 2,
    Missing: 5,
    Replica: 6,
    AppConsistentReplica: 7,
    SyncedReplica: 8,
  },
  StartAction: { Nothing: 2, StartIfRunning: 3, Start: 4 },
  StopAction: { TurnOff: 2, Save: 3, ShutDown: 4 },
  VMHeartbeatStatus: {
    Unknown: 0,
    Disabled: 1,
    NoContact: 2,
    Error: 3,
    LostCommunication: 4,
    OkApplicationsUnknown: 5,
    OkApplicationsHealthy: 6,
  },
  VMMigrationPerformance: { TCPIP: 0, Compression: 1, SMB: 2 },
  VMNetworkAdapterVlanMode: { Untagged: 0, Access: 1, Trunk: 2, Private: 3 },
  VMNetworkAdapterOperationalStatus: { Unknown: 0, Other: 1, Ok: 2, NoContact: 12 },
  VMOperationalStatus: {
    Ok: 2,
    Degraded: 3,
    PredictiveFailure: 5,
    InService: 11,
    Dormant: 15,
    SupportingEntityInError: 16,
    ApplyingSnapshot: 23769,
    CreatingSnapshot: 32768,
    DeletingSnapshot: 32770,
    WaitingToStart: 32771,
    MergingDisks: 32772,
    ExportingVirtualMachine: 32773,
    MigratingVirtualMachine: 32774,
    BackingUpVirtualMachine: 32776,
    ModifyingUpVirtualMachine: 32777,
    StorageMigrationPhaseOne: 32778,
    StorageMigrationPhaseTwo: 32779,
    MigratingPlannedVm: 32780,
    CheckingCompatibility: 32781,
    ApplicationCriticalState: 32782,
    CommunicationTimedOut: 32783,
    CommunicationFailed: 32784,
    CriticalIoError: 32795,
  },
  VMReplicationHealthState: { NotApplicable: 0, Normal: 1, Warning: 2, Critical: 3 },
  VMReplicationMode: { None: 0, Primary: 1, Replica: 2, TestReplica: 3, ExtendedReplica: 4 },
  VMReplicationRelationshipType: { Simple: 0, Extended: 1 },
  VMReplicationState: {
    Disabled: 0,
    ReadyForInitialReplication: 1,
    InitialReplicationInProgress: 2,
    WaitingForInitialReplication: 3,
    Replicating: 4,
    PreparedForFailover: 5,
    FailedOverWaitingCompletion: 6,
    FailedOver: 7,
    Suspended: 8,
    Error: 9,
  },
  VMState: {
    Other: 1,
    Running: 2,
    Off: 3,
    Stopping: 4,
    Saved: 6,
    Paused: 9,
    Starting: 10,
    Reset: 11,
    Saving: 32773,
    Pausing: 32776,
    Resuming: 32777,
    FastSaved: 32779,
    FastSaving: 32780,
    RunningCritical: 32785,
    OffCritical: 32786,
    StoppingCritical: 32787,
    SavedCritical: 32788,
    PausedCritical: 32789,
    StartingCritical: 32790,
  },
  VMSwitchBandwidthMode: { Default: 0, Weight: 1, Absolute: 2, None: 3 },
  VMSwitchExtensionType: {
    Unknown: 0,
    Capture: 1,
    Filter: 2,
    Forwarding: 3,
    Monitoring: 4,
    Native: 5,
  },
  VMSwitchType: { Private: 0, Internal: 1, External: 2 },
  VhdFormat: { Unknown: 0, VHD: 2, VHDX: 3, VHDSet: 4 },
  VhdType: { Unknown: 0, Fixed: 2, Dynamic: 3, Differencing: 4 },
  VirtualMachineSubType: { Unknown: 0, Generation1: 1, Generation2: 2 },
  VirtualMachineType: { RealizedVirtualMachine: 3, PlannedVirtualMachine: 4 },
} as const satisfies Readonly<Record<string, Readonly<Record<string, number>>>>;

export type EnumName = keyof typeof ENUMS;
export interface EnumValue {
  readonly $enum: EnumName;
  readonly value: number;
}

/** @throws {RangeError} for a name that the enum has not */
export function enumValue(name: EnumName, member: string): EnumValue {
  const members: Readonly<Record<string, number>> = ENUMS[name];
  const value = members[member];
  if (value === undefined) throw new RangeError(`${name} has no ${member}`);
  return { $enum: name, value };
}

/** A parameter as its member's name, whichever way it was written; `undefined` if it is none. */
export function memberOf(name: EnumName, given: unknown): string | undefined {
  const bare =
    typeof given === 'object' && given !== null && 'value' in given ? given.value : given;
  for (const [member, value] of Object.entries(ENUMS[name])) {
    if (value === bare || member.toLowerCase() === String(bare).toLowerCase()) return member;
  }
  return undefined;
}
