/** Rounds of the Hyper-V driver, through a real PowerShell, on real chains under a guest that writes. */

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { FrozenRound } from '../../../../src/domain/round.ts';
import { refused } from '../../../contract/host-fixture.ts';
import { VM } from '../../../hyperv-module/simulator-fixture.ts';
import { requireTool } from '../../../tools.ts';
import { type RoundsBench, roundsBench } from './fixture.ts';

/** A limit for hangs, on a machine that does much else. */
jest.setTimeout(400_000);

const MIB = 1024 * 1024;
const MORE_DISKS = [...VM.disks, { virtualBytes: 96 * MIB, dataBytes: 2 * MIB }];
const pwsh = requireTool('pwsh');

if (pwsh !== undefined) {
  describe.each([
    ['one disk', VM.disks.slice(0, 1)],
    ['three disks', MORE_DISKS],
  ])('rounds of a VM with %s', (_, disks) => {
    let windows: RoundsBench;
    beforeAll(async () => {
      windows = await roundsBench(pwsh, disks);
    });
    afterAll(async () => {
      await windows?.[Symbol.asyncDispose]();
    });
    afterEach(() => windows.reset());

    it('go on while the guest writes, each a child of the one before', async () => {
      const { vmId } = windows;
      const host = windows.host();
      const token = windows.token();
      const plain = await windows.seen();
      let before = await host.openRound(vmId, 0, token);
      expect(before.disks).toHaveLength(disks.length);
      for (const number of [1, 2, 3]) {
        await windows.guestWrites();
        const round = await host.openRound(vmId, number, token);
        expect(await host.openRound(vmId, number, token)).toEqual(round);
        expect(parentsOf(round)).toEqual(before.disks.map(({ file }) => file));
        await windows.expectConsistent(round);
        before = await host.closeRounds(vmId, number - 1, token);
        expect(before.number).toBe(number);
        expect(parentsOf(before)).toEqual(disks.map(() => undefined));
        await windows.expectConsistent(before);
      }
      await host.stopTracking(vmId, token);
      const after = await windows.seen();
      expect(after).toMatchObject({ checkpoints: [], merging: false });
      expect(after.disks.map(({ path }) => path)).toEqual(plain.disks.map(({ path }) => path));
      expect((await windows.report()).lost).toBe(0);
    });

    it('are refused when two are open, or when nothing would follow', async () => {
      const { vmId } = windows;
      const host = windows.host();
      const token = windows.token();
      await host.openRound(vmId, 0, token);
      await expect(host.closeRounds(vmId, 0, token)).rejects.toEqual(refused('round-not-followed'));
      await host.openRound(vmId, 1, token);
      await expect(host.openRound(vmId, 2, token)).rejects.toEqual(refused('rounds-open'));
    });
  });
}

const parentsOf = ({ disks }: FrozenRound) => disks.map(({ parent }) => parent);
