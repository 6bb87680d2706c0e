/** The releases of Windows that a simulated host can be, and what each lacks. Sections are of `facts/hyperv.md`. */

export type ProfileName = '2012r2' | '2016' | '2019' | '2022' | '2025';

/** A cmdlet, one parameter of a cmdlet, or one property of an object. */
export type Lack =
  | { readonly cmdlet: string; readonly parameter?: string; readonly source: string }
  | { readonly type: string; readonly property: string; readonly source: string };

export interface Profile {
  readonly build: number;
  readonly caption: string;
  readonly defaultVersion: string;
  /** Configuration versions that it runs. */
  readonly versions: readonly string[];
  readonly credentialGuard: boolean;
  readonly lacks: readonly Lack[];
}

const cmdlets = (source: string, names: readonly string[]): Lack[] =>
  names.map((cmdlet) => ({ cmdlet, source }));
const parameters = (source: string, cmdlet: string, names: readonly string[]): Lack[] =>
  names.map((parameter) => ({ cmdlet, parameter, source }));
const properties = (source: string, type: string, names: readonly string[]): Lack[] =>
  names.map((property) => ({ type, property, source }));

const SINCE_2025 = 'A.1, 2022 -> 2025';
const LACKS_2022: readonly Lack[] = [
  ...parameters(SINCE_2025, 'New-VM', ['SourceGuestStatePath', 'GuestStateIsolationType']),
  ...properties(SINCE_2025, 'VMGpuPartitionAdapter', ['SupportsOutgoingLiveMigration']),
];

const SINCE_2022 = 'A.1, 2019 -> 2022';
const LACKS_2019: readonly Lack[] = [
  ...LACKS_2022,
  ...cmdlets(SINCE_2022, [
    'Get-VMGpuPartitionAdapter',
    'Get-VMHostPartitionableGpu',
    'Get-VMPartitionableGpu',
    'Get-VMAssignableDevice',
    'Get-VMHostAssignableDevice',
  ]),
];

const LACKS_2016: readonly Lack[] = [
  ...LACKS_2019,
  ...parameters('A.1, 2016 -> 2019', 'Set-VM', ['AutomaticCheckpointsEnabled']),
  ...properties('A.1, 2016 -> 2019', 'VirtualMachine', ['AutomaticCheckpointsEnabled']),
  ...properties('A.1, 2016 -> 2019', 'VMSnapshot', ['IsAutomaticCheckpoint']),
  ...properties('its page: since Windows 10 1709', 'Msvm_VirtualSystemExportSettingData', [
    'DisableDifferentialOfIgnoredStorage',
    'ExcludedVirtualHardDisks',
  ]),
];

const SINCE_2016 = 'A.1, 2012 R2 -> 2016';
const REMOTING = ['CimSession', 'Credential'] as const;
const LACKS_2012R2: readonly Lack[] = [
  ...LACKS_2016,
  ...cmdlets(SINCE_2016, [
    'Get-VMHostSupportedVersion',
    'Get-VMSecurity',
    'Get-VMKeyProtector',
    'Set-VMKeyProtector',
    'Enable-VMTPM',
    'Update-VMVersion',
    'Get-VHDSet',
  ]),
  ...cmdlets('A.9', ['Wait-VM']),
  ...['Get-VM', 'Get-VMHost', 'Get-VHD', 'Get-VMSwitch', 'Stop-VM', 'Start-VM', 'Set-VM'].flatMap(
    (cmdlet) => parameters(SINCE_2016, cmdlet, REMOTING),
  ),
  ...['Move-VM', 'Compare-VM'].flatMap((cmdlet) =>
    parameters(SINCE_2016, cmdlet, [...REMOTING, 'DestinationCimSession', 'DestinationCredential']),
  ),
  ...parameters(SINCE_2016, 'Move-VM', ['RemoveSourceUnmanagedVhds']),
  ...parameters(SINCE_2016, 'Export-VM', ['CaptureLiveState']),
  ...parameters(SINCE_2016, 'Set-VM', ['CheckpointType', 'AutomaticCriticalErrorAction']),
  ...parameters(SINCE_2016, 'New-VM', ['Version']),
  ...properties(SINCE_2016, 'VirtualMachine', ['CheckpointType', 'AutomaticCriticalErrorAction']),
  // G.4 says it of 2012; A.1 counts 2012 R2 with it ("treat as 5.0").
  ...properties('A.1, G.4', 'VirtualMachine', ['Version']),
  ...properties('A.2', 'VMHost', ['SupportedVmVersions', 'SecureBootTemplates']),
];

/** Versions: B.4; builds: A.11; Credential Guard: A.1. */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  '2012r2': {
    build: 9600,
    caption: 'Microsoft Windows Server 2012 R2 Datacenter',
    defaultVersion: '5.0',
    versions: ['4.0', '5.0'],
    credentialGuard: false,
    lacks: LACKS_2012R2,
  },
  '2016': {
    build: 14393,
    caption: 'Microsoft Windows Server 2016 Datacenter',
    defaultVersion: '8.0',
    versions: ['5.0', '6.2', '7.0', '7.1', '8.0'],
    credentialGuard: false,
    lacks: LACKS_2016,
  },
  '2019': {
    build: 17763,
    caption: 'Microsoft Windows Server 2019 Datacenter',
    defaultVersion: '9.0',
    versions: ['5.0', '6.2', '7.0', '7.1', '8.0', '8.1', '8.2', '8.3', '9.0'],
    credentialGuard: false,
    lacks: LACKS_2019,
  },
  '2022': {
    build: 20348,
    caption: 'Microsoft Windows Server 2022 Datacenter',
    defaultVersion: '10.0',
    versions: ['8.0', '8.1', '8.2', '8.3', '9.0', '9.1', '9.2', '9.3', '10.0'],
    credentialGuard: false,
    lacks: LACKS_2022,
  },
  '2025': {
    build: 26100,
    caption: 'Microsoft Windows Server 2025 Datacenter',
    defaultVersion: '12.0',
    versions: ['8.0', '8.1', '8.2', '8.3', '9.0', '9.1', '9.2', '9.3', '10.0', '11.0', '12.0'],
    credentialGuard: true,
    lacks: [],
  },
};

/** How a lack is written in the log of what was met: `Get-VMSecurity`, `Move-VM -Credential`, `VMHost.Name`. */
export function lackName(lack: Lack): string {
  if ('type' in lack) return `${lack.type}.${lack.property}`;
  return lack.parameter === undefined ? lack.cmdlet : `${lack.cmdlet} -${lack.parameter}`;
}

export const lacksCmdlet = (profile: Profile, cmdlet: string): Lack | undefined =>
  profile.lacks.find(
    (lack) => 'cmdlet' in lack && lack.parameter === undefined && same(lack.cmdlet, cmdlet),
  );

export const lacksParameter = (
  profile: Profile,
  cmdlet: string,
  parameter: string,
): Lack | undefined =>
  profile.lacks.find(
    (lack) =>
      'cmdlet' in lack &&
      lack.parameter !== undefined &&
      same(lack.cmdlet, cmdlet) &&
      same(lack.parameter, parameter),
  );

export const lackedProperties = (
  profile: Profile,
  type: string,
): Extract<Lack, { type: string }>[] =>
  profile.lacks.filter((lack) => 'type' in lack && lack.type === type) as Extract<
    Lack,
    { type: string }
  >[];

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
