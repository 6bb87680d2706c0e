import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createDisk } from '../../src/disks/create.ts';
import { openForWriting } from '../../src/disks/writer.ts';
import type { Plan } from '../../src/domain/plan.ts';
import { makePlan } from '../../src/preflight/plan.ts';
import type { SessionDisk } from '../../src/stream/copy-records.ts';
import { openCopy } from '../../src/stream/copy-store.ts';
import { discardHalf, placeOf } from '../../src/worker/copy-place.ts';
import { type LeftBehind, leftBehind } from '../../src/worker/left-behind.ts';
import { codeOf } from '../bot/world.ts';
import { hostFacts, subjectOf } from '../preflight/facts.ts';
import { MIB, noise } from '../stream/world.ts';

const SIDE = join(import.meta.dirname, 'copy-place-side.ts');
const OPERATION = 'm7';
const KILLS = 12;
const NONE_OPEN = new Set<string>();

let directory = '';
let left: LeftBehind;
let plan: Plan;
let disks: SessionDisk[];
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-place-'));
  left = leftBehind({ directory: join(directory, 'left'), keepDays: 14 });
  const made = makePlan(subjectOf(), { findings: [] }).plan;
  disks = [];
  for (const [index, { id: disk }] of made.disks.entries()) {
    const path = join(directory, `dc02-${index}.vhdx`);
    const shape = { virtualBytes: 64 * MIB, diskId: crypto.randomUUID(), logicalSectorBytes: 512 };
    await createDisk(path, shape);
    await using writer = await openForWriting(path);
    await writer.write(0, noise(32 * MIB));
    await writer.flush();
    disks.push({ disk, path, ...shape });
  }
  await left.leave({
    ...{ vm: made.vm, operation: 'm1', round: 4 },
    disks: disks.map(({ disk, path }) => ({ disk, path })),
    definition: { vmId: made.vm.id, bytes: Buffer.from('x') },
  });
  const [kept] = await left.all(hostFacts('hv-b'), NONE_OPEN);
  if (!kept) throw new Error('Nothing was left');
  const { kind, folder, committedAt, bytes } = kept;
  plan = {
    ...made,
    volume: directory,
    disks: made.disks.map((disk, index) => ({
      ...disk,
      targetPath: disks[index]?.path ?? '',
      virtualBytes: 64 * MIB,
    })),
    base: { kind, folder, committedAt, bytes },
  };
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const wanted = () => ({ vm: plan.vm, host: 'hv-b', operation: OPERATION, disks });
const roots = async () => [join(directory, 'ferry')];
const place = (changed: Partial<Plan> = {}, signal = new AbortController().signal) =>
  placeOf({ ...plan, ...changed }, wanted(), { roots, left, signal });
const keptNow = (open: ReadonlySet<string> = NONE_OPEN) => left.all(hostFacts('hv-b'), open);

/** Killed after so many milliseconds of its work; true where it was done by then. */
async function killedAfter(ms: number): Promise<boolean> {
  const file = join(directory, 'wanted.json');
  await writeFile(file, JSON.stringify({ directory, plan, wanted: wanted() }));
  const side = spawn(process.execPath, [SIDE, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(side.stdout, 'data');
  const exited = once(side, 'exit');
  await Promise.race([pause(ms), exited]);
  side.kill('SIGKILL');
  const [code] = await exited;
  return code === 0;
}

describe('the copy that a VM comes back into', () => {
  it('is what it left, which is another copy from then on', async () => {
    const folder = await place();
    expect(folder).toBe(join(directory, 'ferry', OPERATION));
    expect(await (await openCopy(folder))?.read()).toMatchObject({ operation: 'm1' });
    expect(await keptNow()).toEqual([]);
    expect(await left.remove(plan.vm.id, plan.base?.folder ?? '')).toBe(false);
    expect(await place()).toBe(folder);
    await discardHalf(await roots(), OPERATION);
    expect(await openCopy(folder)).toBeDefined();
    const received = { ...(plan.base ?? { bytes: 0, committedAt: 0 }), kind: 'received' } as const;
    expect(await place({ base: { ...received, folder } })).toBe(folder);
  });

  it('is nobody else’s while it is read, and what it was when that is taken back', async () => {
    const [before] = await keptNow();
    await expect(place({}, AbortSignal.abort())).rejects.toThrow();
    expect((await keptNow(new Set([OPERATION])))[0]?.usedBy).toBe(OPERATION);
    await discardHalf(await roots(), OPERATION);
    expect(await keptNow()).toEqual([before]);
  });

  it('is refused where this host itself knows of no such disks, whatever the plan says', async () => {
    const others = plan.disks.map((disk) => ({ ...disk, targetPath: join(directory, 'x.vhdx') }));
    expect(await codeOf(place({ disks: others }))).toBe('base-gone');
    const { base } = plan;
    if (!base) throw new Error('The plan has no base');
    expect(await codeOf(place({ base: { ...base, folder: '/etc' } }))).toBe('base-gone');
    expect(await codeOf(place({ base: { ...base, kind: 'received' } }))).toBe('base-gone');
    expect(await codeOf(place({ vm: { id: 'other', name: 'dc02' } }))).toBe('base-gone');
    expect(await codeOf(place({ volume: '/' }))).toBe('path-outside-root');
    await left.remove(plan.vm.id, base.folder);
    expect(await codeOf(place())).toBe('base-gone');
  });

  it('is one of the two, wherever its worker was killed', async () => {
    const folder = join(directory, 'ferry', OPERATION);
    let isDone = false;
    let cut = 0;
    for (let kill = 0; kill < KILLS && !isDone; kill += 1) {
      isDone = await killedAfter(kill * 12);
      const copy = await (await openCopy(folder))?.read();
      const lists = (await keptNow()).length;
      expect([copy !== undefined, lists]).toEqual(copy ? [true, 0] : [false, 1]);
      if (!copy) cut += 1;
    }
    expect(cut).toBeGreaterThan(0);
    expect(await place()).toBe(folder);
    const digest = (await (await openCopy(folder))?.read())?.disks.map((disk) => disk.digest);
    await rm(join(directory, 'ferry'), { recursive: true });
    await left.leave({
      ...{ vm: plan.vm, operation: 'm1', round: 4 },
      disks: disks.map(({ disk, path }) => ({ disk, path })),
      definition: { vmId: plan.vm.id, bytes: Buffer.from('x') },
    });
    await place();
    expect((await (await openCopy(folder))?.read())?.disks.map((one) => one.digest)).toEqual(
      digest,
    );
  });
});
