import { access, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeFile } from '../../src/disks/chain.ts';
import type { OpenedMigration } from '../../src/domain/journal.ts';
import { openLog } from '../../src/log.ts';
import type { Session } from '../../src/migration/ports.ts';
import type { Records } from '../../src/store/store.ts';
import { signRegistration } from '../../src/trust/enrolment.ts';
import { leftBehind } from '../../src/worker/left-behind.ts';
import { type TargetEnd, targetEnd } from '../../src/worker/target-end.ts';
import { codeOf } from '../bot/world.ts';
import { type Parties, parties } from './parties.ts';

const MIB = 1024 * 1024;
const TOKEN = { operation: 'm1', epoch: 1 };
const SIGNAL = new AbortController().signal;
const SESSION: Session = {
  ticket: 'ab'.repeat(32),
  disks: [
    {
      disk: 'SCSI 0:0',
      virtualBytes: 64 * MIB,
      logicalSectorBytes: 512,
      diskId: '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    },
  ],
};

let both: Parties;
let folder = '';
let root = '';
let end: TargetEnd;
/** How often somebody looked where the source is: once for each receiver. */
let looks = 0;
beforeEach(async () => {
  both = await parties();
  folder = await mkdtemp(join(tmpdir(), 'ferry-target-'));
  root = join(folder, 'volume', 'ferry');
  looks = 0;
  const registration = signRegistration(both.source, { host: '127.0.0.1', port: 9 });
  const get = async () => {
    looks += 1;
    return registration;
  };
  end = targetEnd({
    directory: join(folder, 'streams'),
    roots: async () => [root, join(folder, 'other volume', 'ferry')],
    host: 'hv-b',
    identity: both.target,
    records: { get } as unknown as Records,
    addresses: join(folder, 'addresses'),
    log: openLog('test', 'silent'),
    left: leftBehind({ directory: join(folder, 'left'), keepDays: 14 }),
    volumes: async () => [],
  });
});
afterEach(async () => {
  await end.stop();
  await both[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const planned = (...paths: readonly string[]): OpenedMigration => ({
  ...both.opened,
  plan: {
    ...both.opened.plan,
    disks: paths.map((targetPath, index) => ({
      id: `SCSI 0:${index}`,
      sourcePath: '/source',
      targetPath,
      virtualBytes: 64 * MIB,
    })),
  },
});
const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

describe("the target's copies", () => {
  it.each([
    ['beside the root', (at: string) => [join(at, '..', 'dc02', 'system.vhdx')]],
    ['the root itself', (at: string) => [join(at, 'system.vhdx')]],
    ['out of it again', (at: string) => [`${at}/dc02/../../x/system.vhdx`]],
    ['elsewhere', () => ['/etc/ferry/system.vhdx']],
    ['a relative path', () => ['dc02/system.vhdx']],
    ['two folders', (at: string) => [join(at, 'a', '1.vhdx'), join(at, 'b', '2.vhdx')]],
  ])('are refused where the plan names %s, and nothing is written', async (_name, paths) => {
    const created = end.create(planned(...paths(root)), SESSION, TOKEN, SIGNAL);
    expect(await codeOf(created)).toBe('path-outside-root');
    expect(await exists(join(folder, 'volume'))).toBe(false);
    expect(await exists(join(folder, 'streams'))).toBe(false);
  });

  it('are refused for a disk that the plan does not name', async () => {
    const opened = planned(join(root, 'dc02', 'system.vhdx'));
    const other = { ...SESSION, disks: SESSION.disks.map((one) => ({ ...one, disk: 'IDE 0:0' })) };
    expect(await codeOf(end.create(opened, other, TOKEN, SIGNAL))).toBe('stream-disk-unknown');
  });

  it('are refused where the file says another size than the host of the plan', async () => {
    const opened = planned(join(root, 'dc02', 'system.vhd'));
    const [disk] = SESSION.disks;
    const smaller = disk && { ...disk, virtualBytes: 63 * MIB };
    const session = { ...SESSION, disks: smaller ? [smaller] : [] };
    await expect(end.create(opened, session, TOKEN, SIGNAL)).rejects.toMatchObject({
      code: 'disk-size-disputed',
      facts: { disk: 'SCSI 0:0', plannedBytes: 64 * MIB, virtualBytes: 63 * MIB },
    });
    expect(await exists(join(folder, 'volume'))).toBe(false);
  });

  it('are made as the source has them', async () => {
    const path = join(root, 'dc02', 'system.vhd');
    const made = { format: 'vhd', type: 'fixed' } as const;
    const disks = SESSION.disks.map((disk) => ({ ...disk, ...made, blockBytes: 0 }));
    await end.create(planned(path), { ...SESSION, disks }, TOKEN, SIGNAL);
    const { diskId, virtualBytes } = SESSION.disks[0] ?? {};
    expect(await describeFile(path)).toMatchObject({ ...made, diskId, virtualBytes });
  });

  it('lie on each of the volumes', async () => {
    const path = join(folder, 'other volume', 'ferry', 'dc02', 'system.vhdx');
    await end.create(planned(path), SESSION, TOKEN, SIGNAL);
    expect(await end.disks('m1')).toEqual([{ disk: 'SCSI 0:0', path }]);
  });

  it('are received by one receiver, though the step and the sweep both begin', async () => {
    const path = join(root, 'dc02', 'system.vhdx');
    const opened = planned(path);
    await Promise.all([
      end.create(opened, SESSION, TOKEN, SIGNAL),
      end.goOn('m1', opened),
      end.goOn('m1', opened),
      end.create(opened, SESSION, TOKEN, SIGNAL),
    ]);
    expect(looks).toBe(1);
    expect(await end.disks('m1')).toEqual([{ disk: 'SCSI 0:0', path }]);
  });

  it('go on after a restart, and no more once they were settled', async () => {
    const opened = planned(join(root, 'dc02', 'system.vhdx'));
    await end.create(opened, SESSION, TOKEN, SIGNAL);
    await end.stop();
    await end.goOn('m1', opened);
    expect(looks).toBe(2);
    await end.settle('m1');
    await end.goOn('m1', opened);
    expect(looks).toBe(2);
    expect(await end.read('m1')).toBeUndefined();
  });
});
