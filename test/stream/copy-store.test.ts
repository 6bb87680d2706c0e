import { access, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { createCopy, openCopy } from '../../src/stream/copy-store.ts';
import { SourceDigests } from '../../src/stream/digests.ts';
import { cutOff, MIB, noise, OPERATION, World } from './world.ts';

async function committed(): Promise<World> {
  const world = await World.make([16 * MIB]);
  await world.write(0, (disk) => disk.write(0, noise(4 * MIB)));
  await world.receive();
  await world.send(0, 'whole');
  await world.receiver?.[Symbol.asyncDispose]();
  return world;
}

describe('a copy', () => {
  it('is no copy before its first round is committed, and goes when it is discarded', async () => {
    await using world = await World.make([8 * MIB, 8 * MIB]);
    const copy = await world.copy();
    expect(await copy.read()).toBeUndefined();
    await expect(access(join(world.copyDirectory, 'copy.json'))).rejects.toThrow('ENOENT');
    await (await world.copy()).discardUncommitted();
    await expect(access(world.copyDirectory)).rejects.toThrow('ENOENT');
    expect(await openCopy(world.copyDirectory)).toBeUndefined();
  });

  it('made twice is made once', async () => {
    await using world = await committed();
    const copy = await world.copy();
    expect(await copy.read()).toMatchObject({ operation: OPERATION, round: 0, host: 'hv-b' });
    expect((await world.contents()).target).toEqual((await world.contents()).source);
  });

  it('whose making was interrupted is made anew', async () => {
    await using world = await World.make([8 * MIB]);
    const { session } = await world.copy();
    const file = join(world.copyDirectory, 'session.json');
    await writeFile(file, JSON.stringify({ ...session, prepared: false }));
    await writeFile(session.disks[0]?.path ?? '', 'half of a disk');
    await world.receive();
    const sent = await world.send(0, 'whole');
    expect(sent.digests[0]?.target).toBe(sent.digests[0]?.source);
  });

  it('says by its copy.json what it holds', async () => {
    await using world = await committed();
    const text = await readFile(join(world.copyDirectory, 'copy.json'), 'utf8');
    const copy = await openCopy(world.copyDirectory);
    expect(JSON.parse(text)).toMatchObject({ ...(await copy?.read()) });
  });

  it('is adopted by a later operation, whose first round is found by digests', async () => {
    await using world = await committed();
    await world.write(0, (disk) => disk.write(MIB, noise(4096)));
    const adopted = await world.copy('m2');
    expect(adopted.round).toBe(-1);
    expect(await adopted.read()).toMatchObject({ operation: OPERATION, round: 0 });
    world.operation = 'm2';
    await world.receive();
    const sent = await world.send(0, 'whole');
    expect(sent.bytesSent).toBeLessThan(2 * 65_536);
    expect(sent.digests[0]?.target).toBe(sent.digests[0]?.source);
    expect((await world.contents()).target).toEqual((await world.contents()).source);
    expect(await (await world.copy()).read()).toMatchObject({ operation: 'm2', round: 0 });
  });

  it('that was adopted stays as it was when the new operation is undone', async () => {
    await using world = await committed();
    const before = await (await world.copy()).read();
    await (await world.copy('m2')).discardUncommitted();
    expect(await (await openCopy(world.copyDirectory))?.read()).toEqual(before);
  });

  it('is adopted by an operation whose VM has one disk more', async () => {
    await using world = await committed();
    await world.addDisk(8 * MIB);
    await world.write(1, (disk) => disk.write(0, noise(MIB)));
    world.operation = 'm2';
    await world.copy();
    // As an attempt that was cut short before its first round leaves it.
    await rm((await world.copy()).disk('SCSI 0:1').path);
    await world.digests?.[Symbol.asyncDispose]();
    world.digests = await SourceDigests.open(join(world.directory, 'digests m2'), world.disks);
    await world.receive();
    const sent = await world.send(0, 'whole');
    expect(sent.bytesSent).toBeLessThan(2 * MIB);
    expect((await world.contents()).target).toEqual((await world.contents()).source);
    const copy = await (await world.copy()).read();
    expect(copy?.disks.map(({ disk }) => disk)).toEqual(['SCSI 0:0', 'SCSI 0:1']);
  });

  it('that was adopted for one disk more is without it when the new operation is undone', async () => {
    await using world = await committed();
    const before = await (await world.copy()).read();
    await world.addDisk(8 * MIB);
    const adopted = await world.copy('m2');
    const { path } = adopted.disk('SCSI 0:1');
    await access(path);
    await adopted.discardUncommitted();
    await expect(access(path)).rejects.toThrow('ENOENT');
    const kept = await openCopy(world.copyDirectory);
    expect(await kept?.read()).toEqual(before);
    expect(kept?.session.disks).toHaveLength(1);
    expect(await (await world.copy('m3')).read()).toEqual(before);
  });

  it('does not write over a file that lies where its new disk should', async () => {
    await using world = await committed();
    await world.addDisk(8 * MIB);
    const path = join(world.copyDirectory, 'disks', '1.vhdx');
    await writeFile(path, 'precious');
    await expect(world.copy('m2')).rejects.toMatchObject({ code: 'disk-exists' });
    expect(await readFile(path, 'utf8')).toBe('precious');
  });

  it('of another VM, or of other disks, is in the way', async () => {
    await using world = await committed();
    const other = { ...world.newCopy('m2'), vm: { id: 'vm-2', name: 'sql01' } };
    await expect(createCopy(world.copyDirectory, other)).rejects.toMatchObject({
      code: 'copy-in-the-way',
      facts: { found: 'dc02', vm: 'sql01' },
    });
    const disks = world.newCopy().disks.map((disk) => ({ ...disk, virtualBytes: 99 * MIB }));
    const resized = { ...world.newCopy('m2'), disks };
    await expect(createCopy(world.copyDirectory, resized)).rejects.toMatchObject({
      code: 'copy-in-the-way',
    });
    expect((await world.contents()).target).toEqual((await world.contents()).source);
  });

  it('never replaces a file that it did not make', async () => {
    await using world = await World.make([8 * MIB]);
    const path = join(world.directory, 'precious.vhdx');
    await writeFile(path, 'precious');
    const disks = world.newCopy().disks.map((disk) => ({ ...disk, path }));
    const making = createCopy(world.copyDirectory, { ...world.newCopy(), disks });
    await expect(making).rejects.toMatchObject({ code: 'disk-exists' });
    expect(await readFile(path, 'utf8')).toBe('precious');
  });

  it('keeps its committed round when a later one is discarded half-way', async () => {
    await using world = await committed();
    await world.freeze();
    await world.write(0, (disk) => disk.write(0, noise(6 * MIB)));
    await world.receive();
    await cutOff(world, 3 * MIB);
    const copy = await world.copy();
    await copy.discardUncommitted();
    expect(await copy.read()).toMatchObject({ round: 0 });
    expect(await readdir(world.copyDirectory)).not.toContain('staging.frames');
    const { target } = await world.contents();
    expect(target).toEqual([await world.contentOf(world.disks[0]?.files[1] ?? '')]);
  });

  it('whose fold was interrupted ends it before anyone reads the copy', async () => {
    await using world = await committed();
    await world.freeze();
    await world.write(0, (disk) => disk.write(0, noise(6 * MIB)));
    let broken = false;
    await world.receive({
      onProgress: ({ phase, bytesReceived }) => {
        if (phase !== 'folding' || broken || bytesReceived < 3 * MIB) return;
        broken = true;
        throw new Error('Simulated crash within the fold');
      },
    });
    await expect(world.send(1, 'changes')).rejects.toMatchObject({ code: 'bug' });
    await world.receiver?.[Symbol.asyncDispose]();
    const record = await readFile(join(world.copyDirectory, 'copy.json'), 'utf8');
    expect(JSON.parse(record)).toMatchObject({ round: 0, folding: { round: 1 } });
    const copy = await openCopy(world.copyDirectory);
    expect(await copy?.read()).toMatchObject({ round: 1 });
    expect((await world.contents()).target).toEqual((await world.contents()).source);
    await world.receive();
    const sent = await world.send(1, 'changes');
    expect(sent.bytesSent).toBe(0);
    expect(sent.digests[0]?.target).toBe(sent.digests[0]?.source);
  });

  it('leaves the disks alone when they become the VM’s own', async () => {
    await using world = await committed();
    const copy = await world.copy();
    const { path } = copy.disk('SCSI 0:0');
    await copy.release();
    expect(await readdir(world.copyDirectory)).toEqual(['disks']);
    expect(await world.contentOf(path)).toBe(await world.contentOf(world.leaf(0)));
  });
});
