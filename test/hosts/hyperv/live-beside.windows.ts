/** A live move beside an inventory that lasts: neither its progress nor its verdict waits for that. */

import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { openHyperVHost } from '../../../src/hosts/hyperv/hyperv-host.ts';
import { watching } from '../../contract/live-fixture.ts';
import { requireTool } from '../../tools.ts';
import { type LiveBench, liveBench } from './live-fixture.ts';
import { until } from './shell/fixture.ts';

/** Five PowerShells start, on a machine that may be busy. */
const MILLISECONDS_MAX = 120_000;

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  let windows: LiveBench;
  beforeAll(async () => {
    windows = await liveBench(pwsh);
  });
  afterAll(async () => {
    await windows?.[Symbol.asyncDispose]();
  });

  it(
    'shows its progress and ends while a question hangs',
    async () => {
      const powershell = windows.powershell('hv-a');
      const host = openHyperVHost({
        name: 'hv-a',
        powershell,
        stateFolder: join(windows.dir, 'state', 'hv-a'),
        store: async () => ({ value: [] }),
      });
      windows.simulator.fault({ kind: 'hang', cmdlet: 'Get-VMHost', times: 1 });
      let isAnswered = false;
      const inventory = host.facts().then(
        () => undefined,
        (error: unknown) => error,
      );
      void inventory.then(() => {
        isAnswered = true;
      });
      await until(() => windows.simulator.calls.some(({ cmdlet }) => cmdlet === 'Get-VMHost'));
      // Questions behind it wait for their turn.
      const behind = host.findVm('sql01').catch(() => undefined);
      const watch = watching();
      windows.simulator.holdMoves(30);
      const what = await windows.withStorage('hv-a');
      const moving = windows.live('hv-a').move(what, { operation: 'm1', epoch: 1 }, watch.watch);
      await until(() => watch.told.at(-1)?.percent === 30);
      windows.simulator.releaseMoves();
      expect(await moving).toEqual({ end: 'moved' });
      expect([await windows.home(), isAnswered]).toEqual(['hv-b', false]);
      await powershell.close(0);
      expect(await inventory).toBeInstanceOf(Error);
      await behind;
    },
    MILLISECONDS_MAX,
  );
}
