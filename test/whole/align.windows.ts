/** A VM of Hyper-V kept aligned, moved from its copy, and restored from it, through a real PowerShell. */

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { look } from '../../src/bot/requests.ts';
import { openedOf, vmClaim } from '../../src/domain/journal.ts';
import { alignmentOf } from '../../src/fleet/alignment.ts';
import { check } from '../../src/lab/checker.ts';
import { OPERATOR, SECOND_APPROVER } from '../../src/lab/machine.ts';
import { openLabDesk } from '../../src/lab/session.ts';
import { requireTool } from '../tools.ts';
import { until } from '../until.ts';
import { smallVm, startWindowsLab, type WindowsLab } from './windows-lab.ts';

const RUN_MILLISECONDS_MAX = 300_000;
const LONG_SECONDS = 100;

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  describe('a VM of Hyper-V that is kept aligned', () => {
    const vm = smallVm('mail01');
    let windows: WindowsLab;
    beforeAll(async () => {
      windows = await startWindowsLab({ pwsh, vms: [vm] });
    }, RUN_MILLISECONDS_MAX);
    afterAll(async () => {
      await windows?.[Symbol.asyncDispose]();
    });

    const say = (user: string, text: string) => windows.lab.slack.say(user, text);
    const reported = async () =>
      (await check(windows.lab.directory)).vms.find(({ name }) => name === vm.name);

    /** The operation that has the VM, once its copy is of this round at least. */
    async function alignedTo(round: number): Promise<string> {
      await using desk = await openLabDesk(windows.lab);
      let found = '';
      await until(async () => {
        const holder = await desk.store.holder(vmClaim(vm.id ?? ''));
        if (holder === undefined) return false;
        const { entries } = await look(desk, holder);
        found = holder;
        return openedOf(entries).operation === 'alignment' && alignmentOf(entries).round >= round;
      }, LONG_SECONDS);
      return found;
    }

    it(
      'is aligned by the word of an administrator alone, round after round, with one checkpoint between',
      async () => {
        await say(OPERATOR, `/migrate align ${vm.name} to hv-b every 10s`);
        await until(async () =>
          (await windows.lab.slack.ephemerals(OPERATOR)).some(({ text }) =>
            text.includes('An administrator must give this order'),
          ),
        );
        await say(SECOND_APPROVER, `/migrate align ${vm.name} to hv-b every 10s`);
        await alignedTo(2);
        const [home] = (await reported())?.registeredOn ?? [];
        expect(home).toMatchObject({ host: 'hv-a', lost: 0, fenced: false });
        expect(home?.checkpoints.length).toBeLessThanOrEqual(2);
      },
      RUN_MILLISECONDS_MAX,
    );

    it(
      'moves from its copy, and its copy goes the other way',
      async () => {
        const { seen, left } = await windows.migrate(`/migrate ${vm.name} to hv-b stream`);
        expect(left).toBeUndefined();
        expect(seen?.state.closed).toBe('migrated');
        await alignedTo(1);
        expect(await reported()).toMatchObject({ home: 'hv-b', lost: 0, ranTwice: false });
        await say(OPERATOR, `/migrate unalign ${vm.name}`);
        await until(
          async () => (await reported())?.registeredOn[0]?.chainIsPlain === true,
          LONG_SECONDS,
        );
        expect(await windows.wrong(vm.name, 'hv-b')).toEqual([]);
      },
      RUN_MILLISECONDS_MAX,
    );
  });
}
