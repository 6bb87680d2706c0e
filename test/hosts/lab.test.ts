/** The lab's driver: the contract, and what only a lab can show. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { isRunning } from '../../src/hosts/lab/control.ts';
import { createLab } from '../../src/hosts/lab/create.ts';
import { openLabHost } from '../../src/hosts/lab/lab-host.ts';
import { bootHost, crashHost, personStarts } from '../../src/hosts/lab/power.ts';
import { guestProcesses } from '../../src/hosts/lab/processes.ts';
import { requireVm } from '../../src/hosts/lab/state.ts';
import { check } from '../../src/lab/checker.ts';
import { readWitnessLog } from '../../src/lab/witness-log.ts';
import { hostContract } from '../contract/host-common.ts';
import { type StreamingFixture, streamingContract } from '../contract/host-streaming.ts';
import { type LabFixture, labFixture, recordsIn, SMALL_VM } from './lab-fixture.ts';
import { peopleAt } from './lab-people.ts';

/** A limit for hangs, on a machine that does much else. */
jest.setTimeout(120_000);

const TOKEN = { operation: 'm7', epoch: 3 };
const WORKER = fileURLToPath(new URL('./lab-worker.ts', import.meta.url));
const refused = (code: string) => expect.objectContaining({ name: 'Problem', code });

/** Each test has a lab of its own. */
async function labHosts(): Promise<StreamingFixture> {
  const lab = await labFixture();
  const { dir, place, source, target, vmId, guestWrites } = lab;
  return {
    ...peopleAt(place),
    source,
    target,
    vmId,
    vmName: SMALL_VM.name,
    guestWrites,
    async expectConsistent(files) {
      const found = await recordsIn(Object.values(files), vmId);
      const acknowledged = (await readWitnessLog(dir)).get(vmId).numbers;
      const newest = found.at(-1) ?? 0;
      expect(newest).toBeGreaterThan(0);
      // The disks take turns: one that was frozen earlier or later than the others leaves a hole.
      const missing = [...acknowledged].filter((n) => n < newest && !found.includes(n));
      expect(missing).toEqual([]);
    },
    [Symbol.asyncDispose]: () => lab[Symbol.asyncDispose](),
  };
}

hostContract('lab', labHosts);
streamingContract('lab', labHosts);

describe('a lab host', () => {
  let lab: LabFixture;
  const workers: ChildProcess[] = [];
  beforeEach(async () => {
    lab = await labFixture();
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) worker.kill('SIGKILL');
    await lab[Symbol.asyncDispose]();
  });

  /** Another process that works on the same lab; resolves when it says that it began. */
  const worker = async (task: 'rounds' | 'mutex'): Promise<ChildProcess> => {
    const child = spawn(process.execPath, [WORKER, lab.dir, lab.vmId, task], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    workers.push(child);
    await once(child.stdout, 'data');
    return child;
  };
  const killed = async (child: ChildProcess): Promise<void> => {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  };

  it('keeps its guests when the worker that started them is killed', async () => {
    const { place, source, guestWrites } = lab;
    const child = await worker('rounds');
    await killed(child);
    expect(await isRunning(place)).toBe(true);
    await guestWrites();
    expect((await source.vm(place.vmId))?.state).toBe('Running');
  });

  it('takes over the mutex of a killed worker, and waits for that of a living one', async () => {
    const child = await worker('mutex');
    let isDone = false;
    const effect = lab.source.setStartAction(lab.vmId, 'Nothing', TOKEN).then(() => {
      isDone = true;
    });
    await sleep(200);
    expect(isDone).toBe(false);
    await killed(child);
    await effect;
    expect((await lab.source.vm(lab.vmId))?.startAction).toBe('Nothing');
  });

  it('ends tracking with nothing lost when guest and worker are killed in mid-merge', async () => {
    const { dir, vmId, place, source, guestWrites } = lab;
    let merges = 0;
    for (let kill = 0; kill < 3; kill++) {
      const child = await worker('rounds');
      await guestWrites();
      for (let poll = 0; poll < 2000 && !(await requireVm(place)).merge; poll++) await sleep(1);
      await sleep(kill * 4);
      await crashHost(dir, 'hv-a');
      await killed(child);
      merges += (await requireVm(place)).merging ? 1 : 0;
      // Once merged by the next guest, once while the VM is off.
      if (kill % 2 === 0) await bootHost(dir, 'hv-a');
      await source.stopTracking(vmId, { operation: `after-${kill}`, epoch: 1 });
      await bootHost(dir, 'hv-a');
      await guestWrites();
      const report = (await check(dir)).vms[0];
      expect(report).toMatchObject({ lost: 0, home: 'hv-a', ranTwice: false });
      expect(report?.registeredOn).toMatchObject([{ chainIsPlain: true, checkpoints: [] }]);
    }
    expect(merges).toBeGreaterThan(0);
  });

  it('says "will not stop" of a deaf guest, and leaves it running', async () => {
    const { source, vmId, setFaults, guestWrites } = lab;
    await setFaults('hv-a', { guestWillNotStop: true });
    expect(await source.stop(vmId, 0.3, TOKEN)).toBe('will not stop');
    await guestWrites();
    await setFaults('hv-a', {});
    expect(await source.stop(vmId, 20, TOKEN)).toBe('stopped');
  });

  it('proves that a VM never ran, and does not claim it of one that was powered off', async () => {
    const { dir, source, vmId, setFaults, guestWrites } = lab;
    await source.stop(vmId, 20, TOKEN);
    await setFaults('hv-a', { startFails: true });
    expect(await source.start(vmId, TOKEN)).toEqual({});
    expect((await source.vm(vmId))?.state).toBe('Off');
    await setFaults('hv-a', {});
    expect(await source.start(vmId, TOKEN)).toBe('ran');
    await guestWrites();
    await crashHost(dir, 'hv-a');
    await setFaults('hv-a', { startFails: true });
    await expect(source.start(vmId, TOKEN)).rejects.toEqual(refused('start-unknown'));
  });

  it('starts at boot what is set to start, and what ran when the power failed', async () => {
    const { dir, source, vmId } = lab;
    const afterBoot = async (action: 'Nothing' | 'StartIfRunning' | 'Start') => {
      await source.setStartAction(vmId, action, TOKEN);
      await crashHost(dir, 'hv-a');
      await bootHost(dir, 'hv-a');
      return (await source.vm(vmId))?.state;
    };
    expect(await afterBoot('Start')).toBe('Running');
    expect(await afterBoot('StartIfRunning')).toBe('Running');
    expect(await afterBoot('Nothing')).toBe('Off');
    expect(await afterBoot('StartIfRunning')).toBe('Off');
    expect(await afterBoot('Start')).toBe('Running');
  });

  it('lets a person start a VM by hand, but not a fenced one, and neither does a boot', async () => {
    const { dir, source, vmId } = lab;
    await source.stop(vmId, 20, TOKEN);
    await personStarts(dir, 'hv-a', SMALL_VM.name);
    expect((await source.vm(vmId))?.state).toBe('Running');
    await source.stop(vmId, 20, TOKEN);
    await source.fence(vmId, TOKEN);
    await expect(personStarts(dir, 'hv-a', vmId)).rejects.toEqual(refused('vm-fenced'));
    expect(await bootHost(dir, 'hv-a')).toMatchObject([{ problem: { code: 'vm-fenced' } }]);
  });

  it('has one process of a VM, however many start it at once', async () => {
    const { dir, source, vmId } = lab;
    await source.stop(vmId, 20, TOKEN);
    await Promise.all([1, 2, 3].map(() => personStarts(dir, 'hv-a', vmId)));
    expect(await guestProcesses(dir)).toHaveLength(1);
  });

  it('freezes a VM that is started at the same moment', async () => {
    const { dir, source, vmId, guestWrites } = lab;
    await source.stop(vmId, 20, TOKEN);
    const starts = personStarts(dir, 'hv-a', vmId);
    const round = await source.openRound(vmId, 0, TOKEN);
    await starts;
    await guestWrites();
    // Nobody writes to what is frozen: its linkage would be another one.
    expect(await source.openRound(vmId, 0, TOKEN)).toEqual(round);
    expect((await source.vm(vmId))?.disks.map(({ chainLength }) => chainLength)).toEqual([2, 2, 2]);
  });

  it('ends its guests when its folder is gone', async () => {
    const { dir, place } = lab;
    await rm(join(dir, 'hosts'), { recursive: true, force: true, maxRetries: 5 });
    for (let poll = 0; poll < 500 && (await isRunning(place)); poll++) await sleep(20);
    expect(await guestProcesses(dir)).toEqual([]);
  });

  it('goes on with the same VMs at a second start, and refuses a host that it does not have', async () => {
    const { dir, source, vmId, guestWrites } = lab;
    await createLab(dir);
    expect((await source.facts()).vms.map(({ id }) => id)).toEqual([vmId]);
    await guestWrites();
    await expect(openLabHost(dir, 'hv-c')).rejects.toEqual(refused('lab-host-missing'));
  });

  it('shows a damaged disk as unreadable', async () => {
    const { source, vmId, place } = lab;
    await source.stop(vmId, 20, TOKEN);
    const path = (await requireVm(place)).disks[1]?.path ?? '';
    await rm(path);
    const disks = (await source.vm(vmId))?.disks.map(({ format }) => format);
    expect(disks).toEqual(['vhdx', 'unreadable', 'vhdx']);
    await expect(source.start(vmId, TOKEN)).rejects.toEqual(refused('disk-missing'));
  });
});
