/**
 * Merges in the background: facts D.3 and D.4. They begin when a checkpoint is gone, write events at
 * their begin and end, fail while somebody has a file open, and begin anew with the next removal.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '../../../../src/domain/problem.ts';
import { FENCED } from '../../../../src/hosts/files.ts';
import { guestStatus, runJob } from '../../../../src/hosts/lab/control.ts';
import { MERGE } from '../event-log.ts';
import { keyOf, type SimVm } from '../kept.ts';
import { hresult } from '../wire.ts';
import type { World } from '../world.ts';
import { type Joined, toJoin } from './chains.ts';
import { holders } from './open-files.ts';

const SHARING_VIOLATION = 0x80070020;
const NOT_FOUND = 0x80070002;
/** A file that is open for all these looks is held; what somebody merely looks at is not. */
const LOOKS = 10;
const LOOK_MILLISECONDS = 40;
const HOLD_MILLISECONDS = 10;

export class Merges {
  readonly #world: World;
  readonly #running = new Map<string, Promise<void>>();
  readonly #again = new Set<string>();
  #isHeld = false;
  #isClosing = false;

  constructor(world: World) {
    this.#world = world;
  }

  /** Merges wait before their first byte until they are released. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
  }

  isRunning(vm: SimVm): boolean {
    return this.#running.has(keyOf(vm.place));
  }

  /** Resolves when no merge of the VM runs. */
  async ended(vm: SimVm): Promise<void> {
    await this.#running.get(keyOf(vm.place));
  }

  /** Goes on whatever becomes of the caller. Nothing to merge: nothing happens. */
  begin(vm: SimVm): void {
    const key = keyOf(vm.place);
    if (this.#running.has(key)) {
      this.#again.add(key);
      return;
    }
    const running = this.#all(vm).finally(() => this.#running.delete(key));
    this.#running.set(key, running);
  }

  /** Those that have not begun yet never do; a later simulator begins them anew. */
  async close(): Promise<void> {
    this.#isClosing = true;
    await Promise.all(this.#running.values());
  }

  async #all({ place, host }: SimVm): Promise<void> {
    const key = keyOf(place);
    do {
      this.#again.delete(key);
      const vm = await this.#world.vm(host, place.vmId);
      if (vm === undefined || this.#isClosing) return;
      await this.#one(vm);
    } while (this.#again.has(key));
  }

  async #one(vm: SimVm): Promise<void> {
    const { log, faults } = this.#world;
    const joined = vm.overlay.diskMergeOff === true ? [] : await toJoin(vm.lab);
    if (joined.length === 0) return this.#setMerging(vm, false);
    await this.#setMerging(vm, true);
    await log.add(vm, MERGE.started);
    const names = [vm.lab.id, vm.lab.name];
    if (faults.take('merge-interrupted', { vm: names, host: vm.host })) {
      await log.add(vm, MERGE.interrupted);
      await this.#wait();
      if (!this.#isClosing) await log.add(vm, MERGE.started);
    }
    await this.#wait();
    if (this.#isClosing) return;
    const ordered = faults.take('merge-fails', { vm: names, host: vm.host });
    const code = ordered?.hresult ?? (await this.#obstacle(vm, joined));
    if (code !== 0) return this.#failed(vm, code);
    await this.#join(vm, joined);
  }

  /** Windows knows a leaf by the name that the VM has for it: under another it is not there. */
  async #obstacle(vm: SimVm, joined: readonly Joined[]): Promise<number> {
    const files = joined.flatMap(({ child, above }) => [child, above ?? child]);
    if (files.some((file) => file.endsWith(FENCED))) return NOT_FOUND;
    return (await this.#isAnyOpen(vm, joined)) ? SHARING_VIOLATION : 0;
  }

  async #wait(): Promise<void> {
    await sleep(this.#world.pace.mergeMilliseconds);
    while (this.#isHeld && !this.#isClosing) await sleep(HOLD_MILLISECONDS);
  }

  async #join(vm: SimVm, joined: readonly Joined[]): Promise<void> {
    const { late, log } = this.#world;
    await this.#delay(vm, joined);
    try {
      await runJob(vm.place, { command: 'merge', names: [] });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      return this.#failed(vm, NOT_FOUND);
    }
    await late.bringBack(vm);
    if (late.takes('event', vm)) late.keepEvent(vm);
    else await log.add(vm, MERGE.finished);
  }

  /** What shall be late is noted while it is still true. */
  async #delay(vm: SimVm, joined: readonly Joined[]): Promise<void> {
    const { late } = this.#world;
    if (late.takes('status', vm)) late.keepStatus(vm);
    const [first] = joined;
    if (first === undefined) return;
    if (late.takes('file', vm)) await late.setAside(vm, first.child);
    if (late.takes('parent', vm)) late.keepParent(vm, first.above ?? first.parent, first.child);
  }

  async #failed(vm: SimVm, code: number): Promise<void> {
    await this.#setMerging(vm, false);
    await this.#world.log.add(vm, MERGE.failed, hresult(code));
  }

  async #setMerging(vm: SimVm, merging: boolean): Promise<void> {
    if (vm.lab.merging !== merging) await this.#world.changeLab(vm, () => ({ merging }));
  }

  /** By anybody but the VM itself. */
  async #isAnyOpen(vm: SimVm, joined: readonly Joined[]): Promise<boolean> {
    const files = joined.flatMap(({ parent, child }) => [parent, child]);
    for (let look = 0; look < LOOKS; look++) {
      if (look > 0) await sleep(LOOK_MILLISECONDS);
      const status = await guestStatus(vm.place);
      const own = status === undefined || status === 'silent' ? 0 : status.pid;
      const others = [...(await holders(files))].filter((pid) => pid !== own);
      if (others.length === 0) return false;
    }
    return true;
  }
}
