/** `Msvm_VirtualSystemManagementService`, as far as Ferry asks: facts D.5; the pages of its methods. */

import type { Call } from '../call.ts';
import { exportDefinition } from '../definitions/export.ts';
import type { SimVm } from '../kept.ts';
import type { GivenObject } from '../parameters.ts';
import { lackedProperties } from '../profiles.ts';
import { readEmbedded } from './embedded.ts';
import { keyOfInstance } from './instances.ts';
import { type Method, type Methods, RETURNED, started } from './method.ts';
import { idOf } from './setting-data.ts';
import { isBusy, vmOf } from './snapshot-methods.ts';

const destroySystem: Method = {
  takes: { AffectedSystem: 'ref' },
  async act({ call, given }) {
    const { world, host } = call;
    const vmId = keyOfInstance((given.AffectedSystem ?? {}) as GivenObject).toLowerCase();
    const isPlanned = world.plannedOn(host.name).some((each) => each.vmId === vmId);
    const imported = world.importOf(host.name, vmId);
    if (!isPlanned && imported === undefined) return RETURNED.invalidParameter;
    await world.unplan({ host: host.name, vmId });
    if (imported !== undefined) await world.forgetImport(imported);
    return RETURNED.done;
  },
};

const exportSystemDefinition: Method = {
  takes: { ComputerSystem: 'ref', ExportDirectory: 'string', ExportSettingData: 'string' },
  async act({ call, given }) {
    const vm = await vmOf(call, given.ComputerSystem);
    const folder = String(given.ExportDirectory ?? '');
    if (vm === undefined || folder === '') return RETURNED.invalidParameter;
    const className = 'Msvm_VirtualSystemExportSettingData';
    const read = readEmbedded(String(given.ExportSettingData ?? ''), className);
    if (read === 'wrong type') return RETURNED.incorrectType;
    if (typeof read === 'string') return RETURNED.invalidParameter;
    const lacks = lackedProperties(call.host.profile, className);
    if (lacks.some(({ property }) => read.properties.has(property)))
      return RETURNED.invalidParameter;
    if (await isBusyForExport(call, vm)) return RETURNED.invalidState;
    const caption = 'Exporting virtual machine';
    return started(call, { vmId: vm.lab.id, caption }, async () => {
      await exportDefinition(call, vm, { folder, settings: read.properties });
      return [];
    });
  },
};

/** A saved VM can be exported as well. */
const isBusyForExport = async (call: Call, vm: SimVm): Promise<boolean> =>
  (await call.world.stateOf(vm)) !== 'Saved' && isBusy(call, vm);

const modifyDiskMergeSettings: Method = {
  takes: { SettingData: 'string' },
  async act({ call, given }) {
    const read = readEmbedded(String(given.SettingData ?? ''), 'Msvm_DiskMergeSettingData');
    if (read === 'wrong type') return RETURNED.incorrectType;
    if (typeof read === 'string') return RETURNED.invalidParameter;
    const vmId = idOf(String(read.properties.get('InstanceID') ?? ''));
    const state = read.properties.get('EnabledState');
    const vm = await call.world.vm(call.host.name, vmId);
    if (vm === undefined || (state !== 0 && state !== 1)) return RETURNED.invalidParameter;
    await call.world.changeVm(vm, { diskMergeOff: state === 0 });
    // What was removed meanwhile is merged now.
    if (state === 1) call.world.merges.begin(vm);
    return RETURNED.done;
  },
};

/** The names of VMs and checkpoints alone: everything else has a cmdlet. */
const modifySystemSettings: Method = {
  takes: { SystemSettings: 'string' },
  async act({ call, given }) {
    const read = readEmbedded(String(given.SystemSettings ?? ''), 'Msvm_VirtualSystemSettingData');
    if (read === 'wrong type') return RETURNED.incorrectType;
    if (typeof read === 'string') return RETURNED.invalidParameter;
    const id = idOf(String(read.properties.get('InstanceID') ?? ''));
    const name = read.properties.get('ElementName');
    if (typeof name !== 'string') return RETURNED.invalidParameter;
    const vms = await call.world.vms(call.host.name);
    const own = vms.find(({ lab }) => lab.id === id);
    const owner = vms.find(({ lab }) => lab.checkpoints.some((each) => each.id === id));
    if (own !== undefined) await call.world.changeLab(own, () => ({ name }));
    else if (owner !== undefined) await renameSnapshot(call, owner, { id, name });
    else return RETURNED.invalidParameter;
    return RETURNED.done;
  },
};

export const renameSnapshot = (
  { world }: Call,
  vm: SimVm,
  { id, name }: { id: string; name: string },
): Promise<void> => {
  const { checkpoints } = vm.overlay;
  return world.changeVm(vm, {
    checkpoints: { ...checkpoints, [id]: { ...checkpoints[id], name } },
  });
};

export const managementMethods: Methods = {
  DestroySystem: destroySystem,
  ExportSystemDefinition: exportSystemDefinition,
  ModifyDiskMergeSettings: modifyDiskMergeSettings,
  ModifySystemSettings: modifySystemSettings,
};
