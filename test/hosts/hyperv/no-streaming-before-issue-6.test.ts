/**
 * What Hyper-V's driver cannot do until issue 6 builds it. With that issue this file is deleted, and
 * `contract.windows.ts` runs `streamingContract`.
 */

import { describe, expect, it } from '@jest/globals';
import type { Host } from '../../../src/hosts/host.ts';
import { openHyperVHost } from '../../../src/hosts/hyperv/hyperv-host.ts';
import { PowerShell } from '../../../src/hosts/hyperv/shell/powershell.ts';

const ID = '00000000-0000-4000-8000-000000000000';
const TOKEN = { operation: 'm1', epoch: 1 };
const NEEDLESS = 'no PowerShell is needed';

type Streaming = Exclude<
  keyof Host,
  | 'name'
  | 'facts'
  | 'volumes'
  | 'vm'
  | 'findVm'
  | 'reach'
  | 'setStartAction'
  | 'start'
  | 'isFenced'
  | 'live'
  | 'openRound'
  | 'closeRounds'
  | 'stopTracking'
  | 'exportDefinition'
  | 'register'
  | 'unregister'
>;

const host = openHyperVHost({
  name: 'hv-a',
  powershell: new PowerShell({ host: 'hv-a', executable: NEEDLESS }),
  stateFolder: NEEDLESS,
  store: async () => ({ value: [] }),
});
const calls: Readonly<Record<Streaming, () => Promise<unknown>>> = {
  stop: () => host.stop(ID, 1, TOKEN),
  fence: () => host.fence(ID, TOKEN),
  lastRound: () => host.lastRound(ID, 1),
  unfence: () => host.unfence(ID, TOKEN),
};

describe('until issue 6, a Hyper-V host', () => {
  it.each(Object.entries(calls))('refuses %s, which streaming needs', async (_, call) => {
    await expect(call()).rejects.toMatchObject({
      name: 'Problem',
      code: 'method-unavailable',
      facts: { host: 'hv-a', method: 'stream' },
    });
  });

  it('has nothing fenced', async () => {
    expect(await host.isFenced(ID)).toBe(false);
  });
});
