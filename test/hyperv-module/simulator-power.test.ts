/** Guests that the simulator starts, stops, and finds again after it was itself killed. */

import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { guestProcesses } from '../../src/hosts/lab/processes.ts';
import { startSimulator } from './simulator/simulator.ts';
import { bench } from './simulator-fixture.ts';

describe('a simulator that is started again', () => {
  it('keeps what it knew, and undoes the move that it was at', async () => {
    await using windows = await bench();
    await windows.ask('Set-VMNetworkAdapterVlan', { VMName: 'sql01', Access: true, VlanId: 7 });
    const folder = join(windows.dir, 'hosts', 'hv-b', 'disks', 'moved');
    windows.simulator.holdMoves(70);
    const parameters = {
      Name: 'sql01',
      DestinationHost: 'hv-b',
      IncludeStorage: true,
      DestinationStoragePath: folder,
    };
    const call = { host: 'hv-a', cmdlet: 'Move-VM', parameters };
    await fetch(`${windows.simulator.url}/cmdlet`, { method: 'POST', body: JSON.stringify(call) });
    await windows.simulator.held('sql01', 70);
    // As if its process had been killed with the guest frozen for the last copy.
    const file = join(windows.dir, 'hyperv-overlay.json');
    const [guest] = await guestProcesses(windows.dir);
    process.kill(guest?.pid ?? 0, 'SIGSTOP');
    const kept = JSON.parse(await readFile(file, 'utf8'));
    kept.begun[0].pid = guest?.pid;
    await writeFile(file, JSON.stringify(kept));
    const hosts = [
      { name: 'hv-a', profile: '2022' },
      { name: 'hv-b', profile: '2022' },
    ] as const;
    await using again = await startSimulator({ directory: windows.dir, hosts });
    await windows.guestWrites();
    expect(existsSync(join(folder, 'Virtual Hard Disks', 'sql01.vhdx'))).toBe(false);
    expect(again.planned).toEqual([]);
    const vlan = { cmdlet: 'Get-VMNetworkAdapterVlan', parameters: { VMName: 'sql01' } };
    expect((await windows.askAt(again.url, vlan)).output).toMatchObject([{ AccessVlanId: 7 }]);
    const { runningOn, lost } = await windows.report();
    expect({ hosts: runningOn.map(({ host }) => host), lost }).toEqual({
      hosts: ['hv-a'],
      lost: 0,
    });
  });
});

describe('power of a simulated VM', () => {
  it('starts and stops the guest, and says why it cannot', async () => {
    await using windows = await bench();
    const { simulator } = windows;
    expect((await windows.ask('Stop-VM', { Name: 'sql01' })).errors).toEqual([]);
    expect(await windows.one('Get-VM')).toMatchObject({ State: { value: 3 } });
    expect((await windows.ask('Start-VM', { Name: 'sql01' })).errors).toEqual([]);
    await windows.guestWrites();
    await windows.ask('Stop-VM', { Name: 'sql01', TurnOff: true });
    expect((await windows.report()).runningOn).toEqual([]);
    const set = { Name: 'sql01', MemoryStartupBytes: 1024 ** 4 };
    await windows.ask('Set-VM', set);
    expect((await windows.fails('Start-VM', { Name: 'sql01' })).hresult >>> 0).toBe(0x8007000e);
    await windows.ask('Set-VM', { Name: 'sql01', MemoryStartupBytes: 1024 ** 3 });
    await windows.ask('Start-VM', { Name: 'sql01' });
    simulator.holdMoves(20);
    await simulator.addShare('\\\\files\\vms', ['hv-a', 'hv-b']);
    await simulator.putOn('sql01', '\\\\files\\vms');
    const move = windows.ask('Move-VM', { Name: 'sql01', DestinationHost: 'hv-b' });
    await simulator.held('sql01', 20);
    expect((await windows.fails('Stop-VM', { Name: 'sql01' })).category).toBe('InvalidOperation');
    simulator.releaseMoves();
    await move;
    expect((await windows.report()).runningOn).toMatchObject([{ host: 'hv-b' }]);
  });
});
