/** One bench for all of docs/by-hand.md: a VM in a state, and the page's blocks run as they are written. */

import { join } from 'node:path';
import { z } from 'zod';
import type { Token } from '../../src/domain/journal.ts';
import type { VmFacts } from '../../src/domain/vm.ts';
import type { DiskPlace } from '../../src/hosts/host.ts';
import { placeholdersIn } from '../../src/hosts/hyperv/definition/placeholder.ts';
import { act, type HyperVOptions } from '../../src/hosts/hyperv/options.ts';
import { stopVm } from '../../src/hosts/lab/machine.ts';
import { copied } from '../contract/host-copy.ts';
import { newToken, seenOn } from '../contract/host-fixture.ts';
import type { HostName, LiveBench } from '../hosts/hyperv/live-fixture.ts';
import { commands } from '../hosts/hyperv/shell/fixture.ts';
import { type StreamingVm, streamingVm } from '../hosts/hyperv/streaming-fixture.ts';
import { atPrompt, blockOf, filledIn, nameOf } from './by-hand-page.ts';

const STOP_SECONDS = 20;
const BLOCK_SECONDS_MAX = 120;

/** What a page's block is run with: where, which of its section, and what the person puts in. */
export interface Run {
  readonly host?: HostName;
  readonly index?: number;
  readonly values?: Readonly<Record<string, string>>;
  /** Around the block, in place of what a person does. */
  readonly before?: string;
  readonly after?: string;
}

export interface ByHand extends StreamingVm {
  readonly token: Token;
  /** Every line that it shows; one that is no error of PowerShell's. @throws Problem with the first error */
  run(section: string, how?: Run): Promise<string[]>;
  options(host: HostName): HyperVOptions;
  on(host: HostName): Promise<VmFacts>;
  isOn(host: HostName): Promise<boolean>;
  stopped(): Promise<void>;
  fenced(): Promise<void>;
  guarded(): Promise<void>;
  /** Nobody notes how its disks were closed. */
  personStopsThere(): Promise<void>;
  /** Stopped, fenced, copied, and registered at hv-b. */
  registered(): Promise<DiskPlace[]>;
}

/** Which blocks were run, of all VMs. */
export const ran = new Set<string>();

export async function byHand(windows: LiveBench): Promise<ByHand> {
  const vm = await streamingVm(windows);
  const token = newToken();
  const { vmId, vmName, source, target } = vm;
  const hostOf = (host: HostName) => (host === 'hv-a' ? source : target);
  const options = (host: HostName): HyperVOptions => ({
    name: host,
    powershell: windows.powershell(host),
    stateFolder: join(windows.dir, 'state', host),
  });
  const stopped = async (): Promise<void> => {
    await source.setStartAction(vmId, 'Nothing', token);
    await source.stop(vmId, STOP_SECONDS, token);
  };
  const fenced = async (): Promise<void> => {
    await stopped();
    await source.fence(vmId, token);
  };
  return {
    ...vm,
    token,
    options,
    stopped,
    fenced,
    async run(section, { host = 'hv-a', index = 0, values = {}, before = '', after = '' } = {}) {
      const begin = filledIn(blockOf('Begin'), {
        sql01: vmName,
        'C:\\Program Files\\Ferry\\state': options(host).stateFolder,
      });
      const block = filledIn(blockOf(section, index), values);
      ran.add(nameOf({ section, index }));
      const call = { schema: z.object({ said: z.array(z.string()) }) };
      const text = atPrompt(
        section === 'Begin' ? [begin] : [`$null = . {\n${begin}\n}`, before, block, after],
      );
      const { said } = await windows
        .powershell(host)
        .ask(commands, { text }, { ...call, timeoutSeconds: BLOCK_SECONDS_MAX });
      return said.map((line) => line.trimEnd()).filter((line) => line !== '');
    },
    on: (host) => seenOn(hostOf(host), vmId),
    isOn: async (host) => (await hostOf(host).vm(vmId)) !== undefined,
    async guarded() {
      await act(options('hv-a'), 'guard-vm', {
        schema: z.object({ guarded: z.boolean() }),
        timeoutSeconds: BLOCK_SECONDS_MAX,
        vmId,
        token,
        given: { placeholder: (await placeholdersIn(options('hv-a').stateFolder)).vhdx },
      });
    },
    async personStopsThere() {
      await stopVm({ dir: windows.dir, host: 'hv-b', vmId }, STOP_SECONDS);
    },
    async registered() {
      await fenced();
      const places = await copied(target, await source.lastRound(vmId, 0));
      await target.register(await source.exportDefinition(vmId), { disks: places }, token);
      return places;
    },
  };
}
