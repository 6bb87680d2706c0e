/** CIM classes of Windows itself: facts A.11. */

import { exists } from '../../../../src/hosts/files.ts';
import { hostFacts, runningMemoryBytes } from '../../../../src/hosts/lab/facts.ts';
import type { Call } from '../call.ts';
import { guidOf } from '../defaults.ts';
import { date } from '../wire.ts';
import { textsIn } from './where.ts';

type Instances = readonly Readonly<Record<string, unknown>>[];
export type CimClasses = Readonly<
  Record<string, (call: Call, filter: string) => Promise<Instances> | Instances>
>;

export const WIN32_CLASSES: CimClasses = {
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
  Win32_Volume: async ({ world, host }) => {
    const { volumes } = await hostFacts(world.dir, host.name);
    return volumes.map(({ path, fileSystem, bytesTotal, bytesFree }) => ({
      Name: path,
      Caption: path,
      DeviceID: `\\\\?\\Volume{${guidOf(`volume ${path}`)}}\\`,
      DriveLetter: null,
      DriveType: 3,
      FileSystem: fileSystem,
      Capacity: bytesTotal,
      FreeSpace: bytesFree,
      BlockSize: 4096,
    }));
  },
  // Windows lists all its files only to who has a lot of time: the filter names those that are meant.
  CIM_DataFile: async ({ world, host }, filter) => {
    const found: { Name: string }[] = [];
    for (const Name of textsIn(filter)) {
      const path = world.real(Name);
      const isThere = world.reaches(host.name, path) && (await exists(path));
      if (isThere || host.overlay.files.includes(Name)) found.push({ Name });
    }
    return found;
  },
};
