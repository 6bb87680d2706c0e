import { closeSync, existsSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Verdict } from '../../src/domain/problem.ts';
import { openCopy } from '../../src/stream/copy-store.ts';
import { cutOff, MIB, noise, World } from './world.ts';

/** Changes the byte of a file where these bytes begin; false where they are not yet. */
function damageWhere(path: string, bytes: Buffer): boolean {
  const at = existsSync(path) ? readFileSync(path).indexOf(bytes) : -1;
  if (at < 0) return false;
  const file = openSync(path, 'r+');
  const byte = Buffer.alloc(1);
  readSync(file, byte, 0, 1, at);
  writeSync(file, Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, at);
  closeSync(file);
  return true;
}

/**
 * Looks at each turn of the event loop: flushing and reading back take many, so that the damage
 * comes between the write and its read-back.
 */
async function damageOnceWritten(path: string, bytes: Buffer): Promise<void> {
  while (!damageWhere(path, bytes)) await new Promise(setImmediate);
}

describe('storage that does not keep what was written', () => {
  it('is found before the first round is committed', async () => {
    await using world = await World.make([8 * MIB]);
    const content = noise(4 * MIB);
    await world.write(0, (disk) => disk.write(0, content));
    const { path } = (await world.copy()).disk('SCSI 0:0');
    await world.receive();
    const sending = world.send(0, 'whole');
    // Awaited below; it may fail before.
    sending.catch(() => undefined);
    await damageOnceWritten(path, content.subarray(65_536, 65_600));
    await expect(sending).rejects.toBeInstanceOf(Verdict);
    await expect(sending).rejects.toMatchObject({
      code: 'stream-read-back-differs',
      facts: { path, offset: 65_536 },
    });
    await world.receiver?.[Symbol.asyncDispose]();
    expect(await (await openCopy(world.copyDirectory))?.read()).toBeUndefined();
  });

  it('is found in staging, before the copy is touched', async () => {
    await using world = await World.make([8 * MIB]);
    await world.write(0, (disk) => disk.write(0, noise(2 * MIB)));
    await world.receive();
    await world.send(0, 'whole');
    await world.receiver?.[Symbol.asyncDispose]();
    const before = (await world.contents()).target;
    await world.freeze();
    const content = noise(2 * MIB);
    await world.write(0, (disk) => disk.write(4 * MIB, content));
    const path = join(world.copyDirectory, 'staging.frames');
    await world.receive();
    const sending = world.send(1, 'changes');
    sending.catch(() => undefined);
    await damageOnceWritten(path, content.subarray(4096, 4160));
    await expect(sending).rejects.toMatchObject({
      code: 'stream-staging-damaged',
      facts: { path },
    });
    await world.receiver?.[Symbol.asyncDispose]();
    expect((await world.contents()).target).toEqual(before);
    const copy = await openCopy(world.copyDirectory);
    expect(await copy?.read()).toMatchObject({ round: 0 });
  });

  it('is found by digests where nothing was sent', async () => {
    await using world = await World.make([8 * MIB]);
    const content = noise(4 * MIB);
    await world.write(0, (disk) => disk.write(0, content));
    await world.receive();
    await world.send(0, 'whole');
    const { path } = (await world.copy()).disk('SCSI 0:0');
    expect(damageWhere(path, content.subarray(MIB, MIB + 64))).toBe(true);
    const sent = await world.send(1, 'by digests');
    expect(sent.bytesSent).toBeGreaterThan(65_536);
    expect((await world.contents()).target).toEqual((await world.contents()).source);
  });

  it('leaves a round that was cut off in staging to be sent anew', async () => {
    await using world = await World.make([8 * MIB]);
    await world.write(0, (disk) => disk.write(0, noise(MIB)));
    await world.receive();
    await world.send(0, 'whole');
    await world.freeze();
    await world.write(0, (disk) => disk.write(0, noise(6 * MIB)));
    await cutOff(world, 4 * MIB);
    await using staging = await open(join(world.copyDirectory, 'staging.frames'), 'a');
    // What was not recorded may be anything after a power cut.
    await staging.appendFile(noise(10_000));
    await world.receive();
    const sent = await world.send(1, 'changes');
    expect(sent.digests[0]?.target).toBe(sent.digests[0]?.source);
    expect((await world.contents()).target).toEqual((await world.contents()).source);
  });
});
