/** The script that tries on a real host what no double can prove, here against the double. */

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from '@jest/globals';
import { z } from 'zod';
import { CLAIMS } from '../../../src/domain/proven.ts';
import type { VmFacts } from '../../../src/domain/vm.ts';
import { scriptFile } from '../../../src/hosts/hyperv/script-file.ts';
import { codeIn, pageOf, rowsOf, sectionOf } from '../../docs/pages.ts';
import { adapterDefaults } from '../../hyperv-module/simulator/defaults.ts';
import { VM } from '../../hyperv-module/simulator-fixture.ts';
import { requireTool } from '../../tools.ts';
import { type LiveBench, liveBench } from './live-fixture.ts';
import { commands } from './shell/fixture.ts';
import { type StreamingVm, streamingVm } from './streaming-fixture.ts';

const SECONDS = 230;
const reportSchema = z.object({
  windows: z.string(),
  rows: z.array(z.object({ row: z.string(), verdict: z.string(), seen: z.string() })),
});
/** What of a VM does not grow with its guest's work. */
const shape = (vm: VmFacts | undefined) => {
  const { state, startAction, generation, adapters, checkpoints, merging } = vm ?? {};
  const disks = vm?.disks.map(({ id, path, chainLength }) => ({ id, path, chainLength }));
  return { state, startAction, generation, adapters, checkpoints, merging, disks };
};
type Rows = z.infer<typeof reportSchema>['rows'];

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  let windows: LiveBench;
  let vm: StreamingVm;
  beforeAll(async () => {
    windows = await liveBench(pwsh);
  });
  afterAll(async () => {
    await windows?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    vm = await streamingVm(windows, { disks: VM.disks.slice(0, 1) });
    await windows.simulator.changeHost('hv-a', { guardians: ['AB12'] });
    await windows.simulator.changeVm(vm.vmId, {
      version: '9.0',
      security: { tpm: true, shielded: false, guardians: ['AB12'] },
      adapters: { 'Network Adapter': { ...adapterDefaults, dynamicMac: true } },
    });
  });
  afterEach(async () => {
    await vm?.[Symbol.asyncDispose]();
  });

  const run = async (parameters: string): Promise<string[]> => {
    const folder = join(windows.dir, 'hosts/hv-a/disks', `trial-${vm.vmId}`);
    const line = `& '${scriptFile('try-hyper-v')}' ${parameters} -Folder '${folder}'`;
    const text = `@{ said = @(${line} | Out-String -Stream -Width 500) }`;
    const call = { schema: z.object({ said: z.array(z.string()) }), timeoutSeconds: SECONDS };
    return (await windows.powershell('hv-a').ask(commands, { text }, call)).said;
  };
  const tried = async (seconds: number): Promise<Rows> => {
    const { vmName } = vm;
    const said = await run(`-VM ${vmName} -ICanLose ${vmName} -SecondsMax ${seconds}`);
    const file = /^Send us this file: (.+)$/.exec(said.at(-1) ?? '')?.[1] ?? '';
    const { rows, windows: edition } = reportSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    expect(edition).toContain('Windows');
    // Each on a line of its own, as it is in the file.
    expect(said.slice(0, -1).map((line) => line.trimEnd())).toEqual(
      rows.map(({ row, verdict, seen }) =>
        `${verdict.padEnd(10)} ${row.padEnd(26)} ${seen}`.trimEnd(),
      ),
    );
    return rows;
  };
  const verdicts = (rows: Rows, wanted: string) =>
    rows.filter(({ verdict }) => verdict === wanted).map(({ row }) => row);

  it('says of the double that all is so, but for what only a guest sees, and leaves the VM as it was', async () => {
    const before = shape(await vm.source.vm(vm.vmId));
    const rows = await tried(120);
    expect(rows.filter(({ verdict }) => verdict !== 'PROVEN')).toEqual([
      { row: 'generation-id', verdict: 'NOT TRIED', seen: expect.stringContaining('guest') },
    ]);
    expect(shape(await vm.source.vm(vm.vmId))).toEqual(before);
    await vm.guestWrites();

    const names = rows.map(({ row }) => row);
    expect(names).toEqual(expect.arrayContaining([...CLAIMS]));
    const page = sectionOf(pageOf('docs/hyper-v-unverified.md'), 'One script that tries it all');
    expect(rowsOf(page).flatMap(([cell = '']) => codeIn(cell))).toEqual(names);
  });

  it('says that it is not so where Windows does something else', async () => {
    const { simulator } = windows;
    await simulator.changeVm(vm.vmId, {
      version: '8.0',
      services: { shutdown: true, heartbeat: false },
    } as Parameters<typeof simulator.changeVm>[1]);
    simulator.fault({ kind: 'merge-fails', vm: vm.vmId, times: 1 });
    simulator.fault({ kind: 'error', cmdlet: 'Stop-VM', hresult: 0x80070005, times: 1 });
    const rows = await tried(30);
    expect(verdicts(rows, 'NOT SO')).toEqual([
      'recovery-checkpoints',
      'stop-vm',
      'vmgs-beside',
      'virtual-tpm',
    ]);
    expect(rows[0]?.seen).toContain('1 failed merges');
    expect(await vm.source.isFenced(vm.vmId)).toBe(false);
  });

  it('takes no VM that it was not given twice, nor one that looks important', async () => {
    const { vmName } = vm;
    for (const [parameters, words] of [
      ['', 'Which VM'],
      [`-VM ${vmName}`, 'may be lost'],
      [`-VM ${vmName} -ICanLose ${vmName.toUpperCase()}`, 'may be lost'],
      ['-VM sql01 -ICanLose sql01', 'matters'],
      ['-VM nobody -ICanLose nobody', '0 VMs'],
    ] as const) {
      await expect(run(parameters)).rejects.toMatchObject({
        facts: { message: expect.stringContaining(words) },
      });
    }
    expect((await vm.source.vm(vm.vmId))?.state).toBe('Running');
  });
}
