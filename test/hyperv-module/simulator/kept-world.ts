/** Hosts, VMs and paths: the lab's, with what is kept of them beside it. */

import { join, resolve } from 'node:path';
import { withJobLock } from '../../../src/hosts/lab/control.ts';
import { hostFolder, hostsFolder, type Place, vmFolder } from '../../../src/hosts/lab/layout.ts';
import {
  changeVm,
  type LabVm,
  readHost,
  readVm,
  vmIds,
  writeJson,
} from '../../../src/hosts/lab/state.ts';
import { vmDefaults } from './defaults.ts';
import {
  type HostSetup,
  type Kept,
  keyOf,
  nothingKept,
  type SharedStorage,
  type SimHost,
  type SimVm,
} from './kept.ts';
import type { HostOverlay, VmOverlay } from './overlay.ts';
import { realPath, shownPath } from './paths.ts';
import { PROFILES, type Profile } from './profiles.ts';

export abstract class KeptWorld {
  readonly dir: string;
  readonly setups: readonly HostSetup[];
  kept: Kept = nothingKept();
  #saving: Promise<void> = Promise.resolve();

  constructor(directory: string, setups: readonly HostSetup[]) {
    this.dir = resolve(directory);
    this.setups = setups;
  }

  get file(): string {
    return join(this.dir, 'hyperv-overlay.json');
  }

  /** What is kept is on disk when it resolves. */
  save(): Promise<void> {
    this.#saving = this.#saving.then(() => writeJson(this.file, this.kept));
    return this.#saving;
  }

  hostNames(): string[] {
    return this.setups.map(({ name }) => name);
  }

  /** By its name, its full name, one of its addresses, or as `.` and `localhost` where the script runs. */
  hostName(given: string, runsOn?: string): string | undefined {
    const text = given.toLowerCase().replace(/\.$/, '');
    if (runsOn !== undefined && (text === '' || text === 'localhost')) return runsOn;
    return this.hostNames().find((name) => {
      const overlay = this.overlayOf(name);
      const addresses = overlay.adapters.flatMap((adapter) =>
        adapter.addresses.map((address) => address.split('/')[0]),
      );
      return [name.toLowerCase(), overlay.fullName.toLowerCase(), ...addresses].includes(text);
    });
  }

  overlayOf(host: string): HostOverlay {
    const overlay = this.kept.hosts[host];
    if (overlay === undefined) throw new Error(`${host} is not simulated`);
    return overlay;
  }

  profileOf(host: string): Profile {
    return PROFILES[this.overlayOf(host).profile];
  }

  async host(name: string): Promise<SimHost> {
    const overlay = this.overlayOf(name);
    const lab = await readHost(this.dir, name);
    return { name, lab, overlay, profile: this.profileOf(name) };
  }

  async changeHost(name: string, change: Partial<HostOverlay>): Promise<void> {
    this.kept.hosts[name] = { ...this.overlayOf(name), ...change };
    await this.save();
  }

  /** `undefined` when it is not registered there. */
  async vm(host: string, vmId: string): Promise<SimVm | undefined> {
    const place = { dir: this.dir, host, vmId: vmId.toLowerCase() };
    const lab = await readVm(place);
    if (lab === undefined) return undefined;
    const kept = this.kept.vms[keyOf(place)];
    if (kept !== undefined) return { place, host, lab, overlay: kept };
    const version = this.profileOf(host).defaultVersion;
    const overlay = vmDefaults(lab, { version, folder: vmFolder(place) });
    this.kept.vms[keyOf(place)] = overlay;
    return { place, host, lab, overlay };
  }

  /** Also one that an import has only planned. */
  async vmOrPlanned(host: string, vmId: string): Promise<SimVm | undefined> {
    return (await this.vm(host, vmId)) ?? this.importOf(host, vmId);
  }

  /** What `Compare-VM -Path` made of a definition, until it is imported or destroyed. */
  importOf(host: string, vmId: string): SimVm | undefined {
    const id = vmId.toLowerCase();
    const found = this.kept.imports.find((each) => each.host === host && each.lab.id === id);
    if (found === undefined) return undefined;
    const place = { dir: this.dir, host, vmId: id };
    return { place, host, lab: found.lab, overlay: found.overlay, isPlanned: true };
  }

  async vms(host: string): Promise<SimVm[]> {
    const ids = await vmIds(this.dir, host);
    const found = await Promise.all(ids.map((vmId) => this.vm(host, vmId)));
    return found.filter((vm) => vm !== undefined);
  }

  /** @throws when no host has it */
  async anyVm(nameOrId: string): Promise<SimVm> {
    for (const host of this.hostNames()) {
      for (const vm of await this.vms(host)) {
        if (vm.lab.id === nameOrId.toLowerCase() || vm.lab.name === nameOrId) return vm;
      }
    }
    throw new Error(`There is no VM ${nameOrId}`);
  }

  async changeVm(vm: SimVm, change: Partial<VmOverlay>): Promise<void> {
    const planned = this.#keptImport(vm);
    if (planned !== undefined) planned.overlay = { ...planned.overlay, ...change };
    else {
      const key = keyOf(vm.place);
      this.kept.vms[key] = { ...(this.kept.vms[key] ?? vm.overlay), ...change };
    }
    await this.save();
  }

  /** The part that the lab keeps; of a planned VM there is no more than this. */
  async changeLab(vm: SimVm, change: (lab: LabVm) => Partial<LabVm>): Promise<void> {
    const planned = this.#keptImport(vm);
    if (planned !== undefined) planned.lab = { ...planned.lab, ...change(planned.lab) };
    else {
      await withJobLock(vm.place, async () => {
        const now = await readVm(vm.place);
        if (now !== undefined) await changeVm(vm.place, change(now));
      });
    }
    await this.save();
  }

  /** It was never more than planned. */
  async forgetImport({ host, place }: SimVm): Promise<void> {
    this.kept.imports = this.kept.imports.filter(
      (each) => each.host !== host || each.lab.id !== place.vmId,
    );
    await this.save();
  }

  #keptImport({ isPlanned, host, place }: SimVm) {
    if (isPlanned !== true) return undefined;
    return this.kept.imports.find((each) => each.host === host && each.lab.id === place.vmId);
  }

  /** All that Windows knows of the VM goes along with it. */
  async carryOverlay(source: Place, target: Place): Promise<void> {
    const overlay = this.kept.vms[keyOf(source)];
    if (overlay === undefined) return;
    this.kept.vms[keyOf(target)] = overlay;
    delete this.kept.vms[keyOf(source)];
    await this.save();
  }

  /** The path as Windows shows it. */
  shown(path: string): string {
    return shownPath(this.kept.storage, path);
  }

  /** Where a path that Windows shows really lies. */
  real(path: string): string {
    return realPath(this.kept.storage, path);
  }

  /** The storage that a real path lies on, if several hosts reach it. */
  storageOf(path: string): SharedStorage | undefined {
    return this.kept.storage.find(({ folder }) => path === folder || path.startsWith(`${folder}/`));
  }

  /** Not on another host: on shared storage that it reaches, on its own, or beside the lab. */
  isOwn(host: string, path: string): boolean {
    return !path.startsWith(`${hostsFolder(this.dir)}/`) || this.reaches(host, path);
  }

  /** Whether a host can open a real path. */
  reaches(host: string, path: string): boolean {
    const storage = this.storageOf(path);
    if (storage !== undefined) return storage.reachableBy.includes(host);
    return path.startsWith(`${hostFolder(this.dir, host)}/`);
  }
}
