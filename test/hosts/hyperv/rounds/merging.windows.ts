/** What the Hyper-V driver does until a merge has surely ended, and when others or a kill come between. */

import { open } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Token } from '../../../../src/domain/journal.ts';
import { refused } from '../../../contract/host-fixture.ts';
import { SIGNS } from '../../../hyperv-module/simulator/checkpoints/signs.ts';
import { chainOf, mergeEvents } from '../../../hyperv-module/stream-fixture.ts';
import { requireTool } from '../../../tools.ts';
import { peopleAt } from '../../lab-people.ts';
import { until } from '../shell/fixture.ts';
import { type RoundsBench, roundsBench } from './fixture.ts';

/** A limit for hangs, on a machine that does much else. */
jest.setTimeout(400_000);

const FAILED = 19100;
/** Looks in a row at which nobody may go on. */
const LOOKS = 2;

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  let windows: RoundsBench;
  let token: Token;
  beforeAll(async () => {
    windows = await roundsBench(pwsh);
  });
  afterAll(async () => {
    await windows?.[Symbol.asyncDispose]();
  });
  afterEach(() => windows.reset());

  /** Rounds 0 and 1 of an operation of its own. */
  async function twoRounds() {
    token = windows.token();
    const host = windows.host();
    await host.openRound(windows.vmId, 0, token);
    await windows.guestWrites();
    await host.openRound(windows.vmId, 1, token);
    return host;
  }
  const asked = (cmdlet: string) =>
    windows.simulator.calls.filter((call) => call.cmdlet === cmdlet).length;
  const eventsSince = (before: number) => mergeEvents(windows).slice(before);

  describe('the end of a merge', () => {
    it.each(SIGNS)('is not there while the sign "%s" is late', async (sign) => {
      const { simulator, vmId } = windows;
      const host = await twoRounds();
      simulator.fault({ kind: 'merge-sign-late', sign, times: 1 });
      const removals = asked('Invoke-CimMethod');
      let isClosed = false;
      const closing = host.closeRounds(vmId, 0, token).finally(() => {
        isClosed = true;
      });
      await until(() => asked('Invoke-CimMethod') > removals);
      await until(async () => (await simulator.checkpoints(vmId)).length === 1);
      await simulator.mergesEnded(vmId);
      const looks = asked('Get-VMSnapshot');
      await until(() => asked('Get-VMSnapshot') >= looks + LOOKS || isClosed);
      expect(isClosed).toBe(false);
      expect((await windows.seen()).merging).toBe(true);
      await simulator.releaseSigns();
      const round = await closing;
      expect(round).toMatchObject({ number: 1 });
      expect(round.disks.every(({ parent }) => parent === undefined)).toBe(true);
      expect((await windows.seen()).merging).toBe(false);
    });

    it('comes by a new checkpoint and its removal after event 19100', async () => {
      const { simulator, vmId } = windows;
      const host = await twoRounds();
      const before = mergeEvents(windows).length;
      simulator.fault({ kind: 'merge-fails', times: 1 });
      const round = await host.closeRounds(vmId, 0, token);
      expect(eventsSince(before)).toEqual([19070, FAILED, 19070, 19080]);
      expect(await chainOf(windows)).toHaveLength(2);
      expect((await windows.seen()).checkpoints).toMatchObject([
        { name: `ferry ${token.operation} round 1`, ours: true },
      ]);
      await windows.expectConsistent(round);
    });

    it('is given up when somebody keeps a file open, and comes once he has closed it', async () => {
      const { vmId } = windows;
      const host = await twoRounds();
      const [, , base = ''] = await chainOf(windows);
      const reader = await open(base, 'r');
      const closing = host.closeRounds(vmId, 0, token);
      await expect(closing).rejects.toEqual(refused('merge-failed'));
      await expect(closing).rejects.toMatchObject({ facts: { hresult: '0x80070020' } });
      expect((await windows.seen()).merging).toBe(true);
      await reader.close();
      expect(await host.closeRounds(vmId, 0, token)).toMatchObject({ number: 1 });
      expect(await windows.seen()).toMatchObject({ merging: false });
      expect(await chainOf(windows)).toHaveLength(2);
    });

    it('is waited for no longer than its limit, which names what is missing', async () => {
      const { simulator, vmId } = windows;
      await twoRounds();
      simulator.holdMerges();
      const quick = { mergeMinutesMin: 0.01, mergeMinutesPerTenGigabytes: 0 };
      const closing = windows.host(quick).closeRounds(vmId, 0, token);
      await expect(closing).rejects.toMatchObject({
        code: 'merge-lasts',
        facts: { signs: ['status', 'chain', 'file', 'event'] },
      });
      simulator.releaseMerges();
      expect(await windows.host().closeRounds(vmId, 0, token)).toMatchObject({ number: 1 });
    });

    it('is brought about where merging was left switched off', async () => {
      const { simulator, vmId } = windows;
      const host = await twoRounds();
      await simulator.changeVm(vmId, { diskMergeOff: true });
      expect(await host.closeRounds(vmId, 0, token)).toMatchObject({ number: 1 });
      expect(await chainOf(windows)).toHaveLength(2);
    });
  });

  describe('the rounds of a VM that is off', () => {
    it('are merged to its plain chain, also while its leaves are fenced', async () => {
      const { dir, vmId } = windows;
      const host = await twoRounds();
      await peopleAt({ dir, host: 'hv-a', vmId }).personStops();
      await host.fence(vmId, token);
      await host.stopTracking(vmId, token);
      const { checkpoints, merging, disks } = await windows.seen();
      expect({ checkpoints, merging }).toEqual({ checkpoints: [], merging: false });
      for (const { path } of disks) expect(path).toMatch(/\.vhdx$/);
      await host.unfence(vmId, token);
      expect(await chainOf(windows)).toHaveLength(1);
      expect((await windows.report()).lost).toBe(0);
    });
  });

  describe('a worker that is killed', () => {
    it('between the freeze and the name of its checkpoint is followed by one that knows it', async () => {
      const { simulator, vmId } = windows;
      token = windows.token();
      simulator.fault({ kind: 'hang', cmdlet: 'Rename-VMSnapshot', times: 1 });
      const renames = asked('Rename-VMSnapshot');
      const killed = windows.host().openRound(vmId, 0, token);
      const outcome = killed.catch((error: unknown) => error);
      await until(() => asked('Rename-VMSnapshot') > renames);
      const [unnamed] = (await windows.seen()).checkpoints;
      expect(unnamed).toMatchObject({ ours: true, name: expect.stringContaining('Backup') });
      await windows.nextWorker();
      expect(await outcome).toMatchObject({ name: 'Problem' });
      const round = await windows.host().openRound(vmId, 0, token);
      expect(round.number).toBe(0);
      expect((await windows.seen()).checkpoints).toEqual([
        { ...unnamed, name: `ferry ${token.operation} round 0` },
      ]);
    });

    it('while a merge runs is followed by one that waits for its end', async () => {
      const { simulator, vmId } = windows;
      const host = await twoRounds();
      simulator.holdMerges();
      const outcome = host.closeRounds(vmId, 0, token).catch((error: unknown) => error);
      await until(async () => (await simulator.checkpoints(vmId)).length === 1);
      await windows.nextWorker();
      expect(await outcome).toMatchObject({ name: 'Problem' });
      let isOpen = false;
      const opening = windows.host().openRound(vmId, 1, token);
      const opened = opening.finally(() => {
        isOpen = true;
      });
      const looks = asked('Get-VMSnapshot');
      await until(() => asked('Get-VMSnapshot') >= looks + LOOKS || isOpen);
      expect(isOpen).toBe(false);
      simulator.releaseMerges();
      expect(await opened).toEqual(await windows.host().closeRounds(vmId, 0, token));
    });
  });

  describe('checkpoints of others', () => {
    it("are waited for: a backup's is neither frozen upon nor removed", async () => {
      const { simulator, vmId } = windows;
      token = windows.token();
      const host = windows.host();
      const backup = await simulator.backupBegins(vmId);
      await expect(host.openRound(vmId, 0, token)).rejects.toEqual(refused('foreign-checkpoint'));
      await host.stopTracking(vmId, token);
      expect((await windows.seen()).checkpoints).toMatchObject([{ id: backup, ours: false }]);
      await simulator.backupEnds(vmId, backup);
      expect(await host.openRound(vmId, 0, token)).toMatchObject({ number: 0 });
    });

    it('are left over when an earlier operation of ours made them', async () => {
      const { vmId } = windows;
      const host = windows.host();
      await host.openRound(vmId, 0, windows.token());
      token = windows.token();
      await expect(host.openRound(vmId, 0, token)).rejects.toEqual(refused('tracking-left-over'));
      await host.stopTracking(vmId, token);
      expect(await host.openRound(vmId, 0, token)).toMatchObject({ number: 0 });
    });

    it('are ours no more when a person deletes them: the next round stands on its own', async () => {
      const { simulator, vmId } = windows;
      token = windows.token();
      const host = windows.host();
      await host.openRound(vmId, 0, token);
      await simulator.personDeletesCheckpoint(vmId);
      await expect(host.closeRounds(vmId, 0, token)).rejects.toEqual(refused('round-not-followed'));
      await windows.guestWrites();
      const round = await host.openRound(vmId, 1, token);
      expect(round.disks.every(({ parent }) => parent === undefined)).toBe(true);
      await windows.expectConsistent(round);
    });
  });
}
