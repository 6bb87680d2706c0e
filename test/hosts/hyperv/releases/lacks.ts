/** Which of the things that a release lacks our scripts could run into: by the scripts' own syntax trees. */

import type { HostFacts } from '../../../../src/domain/host.ts';
import {
  type Lack,
  lackName,
  PROFILES,
  type ProfileName,
} from '../../../hyperv-module/simulator/profiles.ts';
import { scriptNames } from '../commands/commands.ts';

/** Asked only of what another lacking command would have told: the first is never reached. */
const BEHIND: Readonly<Record<string, string>> = {
  // A protector has only a VM with a TPM.
  'Get-VMKeyProtector': 'Get-VMSecurity',
  // Its only giver.
  'VMGpuPartitionAdapter.SupportsOutgoingLiveMigration': 'Get-VMGpuPartitionAdapter',
};

/** Read by scripts of the streaming method alone, which nothing here runs. */
const OF_STREAMING = /^Msvm_VirtualSystemExportSettingData\./;

export interface Lacks {
  /** A script calls it, names it or reads it: each must be met. */
  readonly touched: readonly string[];
  /** Named by a script, and out of reach: where another one is lacking too, or of the streaming method. */
  readonly behind: readonly string[];
  /** No script names it. */
  readonly untouched: readonly string[];
}

export type LacksOf = (profile: ProfileName) => Lacks;

/** `pwsh`: the path of PowerShell 7. */
export async function readLacks(pwsh: string): Promise<LacksOf> {
  const { calls, members } = await scriptNames(pwsh);
  const named = new Set(
    [
      ...calls.flatMap(({ name, parameters }) => [
        name,
        ...parameters.map((one) => `${name} -${one}`),
      ]),
      ...members.map((name) => `.${name}`),
    ].map((name) => name.toLowerCase()),
  );
  const isNamed = (lack: Lack): boolean =>
    named.has(('type' in lack ? `.${lack.property}` : lackName(lack)).toLowerCase());
  return (profile) => {
    const { lacks } = PROFILES[profile];
    const all = new Set(lacks.map(lackName));
    const isBehind = (name: string): boolean =>
      all.has(BEHIND[name] ?? '') || OF_STREAMING.test(name);
    const byScripts = lacks.filter(isNamed).map(lackName);
    return {
      touched: byScripts.filter((name) => !isBehind(name)).toSorted(),
      behind: byScripts.filter(isBehind).toSorted(),
      untouched: lacks
        .filter((lack) => !isNamed(lack))
        .map(lackName)
        .toSorted(),
    };
  };
}

/** A checkpoint of which a release before 2019 does not say whether it was automatic. */
export const CHECKPOINT = {
  id: '11111111-2222-4333-8444-555555555555',
  name: 'before',
  frozen: {},
};

/** The checks that do not apply without a command. */
export const CHECKS_WITHOUT: Readonly<Record<string, string>> = {
  'Get-VMAssignableDevice': 'assigned-device',
  'Get-VMGpuPartitionAdapter': 'gpu-partition',
  'Get-VMSecurity': 'virtual-tpm',
};

const LACKING = { lacks: true };

/** How each lack shows in the facts of a host with one VM: as lacking or by a default, never as a failure. */
export const SHOWN: Readonly<Record<string, unknown>> = {
  'Get-VMAssignableDevice': LACKING,
  'Get-VMGpuPartitionAdapter': LACKING,
  'Get-VMHostPartitionableGpu': LACKING,
  'Get-VMHostSupportedVersion': LACKING,
  'Get-VMSecurity': LACKING,
  'VirtualMachine.Version': LACKING,
  'VMGpuPartitionAdapter.SupportsOutgoingLiveMigration': { value: [{ canLeave: LACKING }] },
  // As if a person had made it.
  'VMSnapshot.IsAutomaticCheckpoint': {
    value: [{ id: CHECKPOINT.id, name: 'before', type: 'Standard', automatic: false }],
  },
};

/** The part of the facts where that lack must show. */
export function shownIn({ hyperv, vms }: HostFacts, lack: string): unknown {
  const vm = vms[0]?.hyperv;
  const parts: Readonly<Record<string, unknown>> = {
    'Get-VMAssignableDevice': vm?.assignedDevices,
    'Get-VMGpuPartitionAdapter': vm?.gpuPartitions,
    'Get-VMHostPartitionableGpu': hyperv?.partitionableGpus,
    'Get-VMHostSupportedVersion': hyperv?.supportedVersions,
    'Get-VMSecurity': vm?.security,
    'VirtualMachine.Version': vm?.version,
    'VMGpuPartitionAdapter.SupportsOutgoingLiveMigration': vm?.gpuPartitions,
    'VMSnapshot.IsAutomaticCheckpoint': vm?.checkpoints,
  };
  return parts[lack] ?? `nobody knows how ${lack} shows`;
}
