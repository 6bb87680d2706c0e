/** Effects on a VM: its mutex between real processes, and the epoch on disk. */

import { randomUUID } from 'node:crypto';
import { access, readFile, writeFile } from 'node:fs/promises';
import { afterAll, expect, it } from '@jest/globals';
import { effect } from '../../../../src/hosts/lab/epoch.ts';
import { epochFile } from '../../../../src/hosts/lab/layout.ts';
import { requireTool } from '../../../tools.ts';
import { call, commands, newFolder, open, problemOf, SECONDS, textIn } from './fixture.ts';

const FENCED = `
  $splat = @{ VmId = $Given.vmId; Operation = $Given.operation; Epoch = $Given.epoch; File = $Given.file }
  Invoke-Fenced @splat -WaitSeconds $Given.seconds -Body { param($Fence)`;
const LOOKS = `${FENCED} @{ lookAgain = $Fence.lookAgain } }`;
const HANGS = `${FENCED} [System.IO.File]::WriteAllText($Given.marker, "$PID"); Start-Sleep 600; @{} }`;
/** Has the mutex open before it waits for it, and says so. */
const WAITS = `
  $mine = New-Object System.Threading.Mutex $false, "Global\\Ferry-$($Given.vmId)"
  [System.IO.File]::WriteAllText($Given.marker, "$PID")
  ${LOOKS}
  $mine.Dispose()`;

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  const powershell = open(pwsh);
  afterAll(() => powershell.close());

  async function newVm() {
    const folder = await newFolder();
    const place = { dir: folder.path, host: 'hv-a', vmId: randomUUID() };
    const file = epochFile(place);
    const given = { vmId: place.vmId, file, operation: 'm1', epoch: 1, seconds: SECONDS };
    const act = (text: string, more: object = {}) =>
      powershell.act(commands, { text, ...given, ...more }, call);
    const record = async () => JSON.parse(await readFile(file, 'utf8'));
    return { ...folder, place, file, act, record };
  }

  /** A process that is killed while it acts. */
  async function killed(vm: Awaited<ReturnType<typeof newVm>>): Promise<void> {
    const marker = `${vm.path}/${randomUUID()}`;
    const dying = problemOf(vm.act(HANGS, { marker }));
    process.kill(Number(await textIn(marker)), 'SIGKILL');
    expect((await dying).code).toBe('powershell-died');
  }

  it('the epoch is on disk before the body runs, and its end after it', async () => {
    await using vm = await newVm();
    const reads = `${FENCED} @{ text = [System.IO.File]::ReadAllText($Given.file) } }`;
    const { text } = await vm.act(reads, { epoch: 7 });
    const mine = { operation: 'm1', epoch: 7, ended: [] };
    expect(JSON.parse(String(text))).toEqual({ ...mine, acting: true });
    expect(await vm.record()).toEqual({ ...mine, acting: false });
    expect(await vm.act(LOOKS, { epoch: 7 })).toEqual({ lookAgain: false });
    await expect(access(`${vm.file}.tmp`)).rejects.toThrow();
  });

  it('refuses a lower epoch and an operation that has ended, and then does nothing', async () => {
    await using vm = await newVm();
    await vm.act(LOOKS, { epoch: 7 });
    const before = await vm.record();
    const marker = `${vm.path}/marker`;
    const late = await problemOf(vm.act(HANGS, { epoch: 6, marker }));
    expect(late).toMatchObject({
      code: 'epoch-behind',
      facts: {
        host: 'hv-a',
        vm: vm.place.vmId,
        operation: 'm1',
        epoch: 6,
        seenOperation: 'm1',
        seenEpoch: 7,
      },
    });
    expect(await vm.record()).toEqual(before);
    await expect(access(marker)).rejects.toThrow();

    await vm.act(LOOKS, { operation: 'm2', epoch: 5 });
    expect((await problemOf(vm.act(LOOKS, { epoch: 8 }))).code).toBe('epoch-behind');
    // Another operation, although PowerShell's -eq finds it equal.
    await vm.act(LOOKS, { operation: 'M2', epoch: 1 });
    expect(await vm.record()).toMatchObject({ operation: 'M2', ended: ['m1', 'm2'] });
  });

  it('keeps a hundred ended operations', async () => {
    await using vm = await newVm();
    const ended = Array.from({ length: 100 }, (_, i) => `old${i}`);
    await vm.act(LOOKS);
    await writeFile(vm.file, JSON.stringify({ operation: 'last', epoch: 3, ended, acting: false }));
    await vm.act(LOOKS);
    expect((await vm.record()).ended).toEqual([...ended.slice(1), 'last']);
  });

  it('means the same as the driver of the lab, with the same file', async () => {
    await using vm = await newVm();
    const inLab = (operation: string, epoch: number) =>
      effect(vm.place, { operation, epoch }, async () => 'acted');
    await inLab('m1', 3);
    expect((await problemOf(vm.act(LOOKS, { epoch: 2 }))).code).toBe('epoch-behind');
    expect(await vm.act(LOOKS, { epoch: 4 })).toEqual({ lookAgain: false });
    expect((await problemOf(inLab('m1', 3))).code).toBe('epoch-behind');
    expect(await inLab('m2', 1)).toBe('acted');
    expect((await problemOf(vm.act(LOOKS, { epoch: 9 }))).code).toBe('epoch-behind');
  });

  it('a damaged file is not taken for a missing one', async () => {
    await using vm = await newVm();
    await vm.act(LOOKS);
    for (const text of ['', '{"operation":"m1"', '{"operation":"m1","epoch":1}', '[]']) {
      await writeFile(vm.file, text);
      const problem = await problemOf(vm.act(LOOKS));
      expect(problem).toMatchObject({ code: 'epoch-file-damaged', facts: { file: vm.file } });
      expect(await readFile(vm.file, 'utf8')).toBe(text);
    }
  });

  it('one acts at a time: another waits for its limit, or until the mutex is free', async () => {
    await using vm = await newVm();
    const [marker, go] = [vm.path, vm.path].map((path, i) => `${path}/${i}`);
    const holds = `${FENCED} [System.IO.File]::WriteAllText($Given.marker, 'x')
      while (-not [System.IO.File]::Exists($Given.go)) { Start-Sleep -Milliseconds 20 }; @{ held = 1 } }`;
    const held = vm.act(holds, { marker, go });
    await textIn(String(marker));
    const busy = await problemOf(vm.act(LOOKS, { seconds: 1 }));
    expect(busy).toMatchObject({ code: 'vm-busy', facts: { vm: vm.place.vmId, seconds: 1 } });
    const waiting = vm.act(LOOKS);
    await writeFile(String(go), '');
    expect(await held).toEqual({ held: 1 });
    expect(await waiting).toEqual({ lookAgain: false });
  });

  it('an abandoned mutex as an exception: whoever waited takes it and looks again', async () => {
    await using vm = await newVm();
    const [first, second] = ['first', 'second'].map((name) => `${vm.path}/${name}`);
    const dying = problemOf(vm.act(HANGS, { marker: first }));
    const pid = await textIn(String(first));
    const waiting = vm.act(WAITS, { marker: second });
    await textIn(String(second));
    // Without the mark in the file, so that the exception alone tells it.
    await writeFile(vm.file, JSON.stringify({ ...(await vm.record()), acting: false }));
    process.kill(Number(pid), 'SIGKILL');
    expect((await dying).code).toBe('powershell-died');
    expect(await waiting).toEqual({ lookAgain: true });
    expect(await vm.act(LOOKS)).toEqual({ lookAgain: false });
  });

  it('an abandoned mutex as plain success: a later comer looks again by the file', async () => {
    await using vm = await newVm();
    await killed(vm);
    expect(await vm.record()).toMatchObject({ acting: true });
    expect(await vm.act(LOOKS)).toEqual({ lookAgain: true });
    expect(await vm.act(LOOKS)).toEqual({ lookAgain: false });
    // The mutex itself told nothing: without the mark in the file, nobody would know.
    await killed(vm);
    await writeFile(vm.file, JSON.stringify({ ...(await vm.record()), acting: false }));
    expect(await vm.act(LOOKS)).toEqual({ lookAgain: false });
  });

  it('a body that fails frees the mutex, tells its error, and makes the next one look again', async () => {
    await using vm = await newVm();
    const fails = ['throw "in between"', 'Write-Error "in between"', 'Get-Item "/no such"; @{}'];
    for (const text of fails) {
      const problem = await problemOf(vm.act(`${FENCED} ${text} }`));
      expect(problem.code).toBe('powershell-failed');
      expect(await vm.act(LOOKS, { seconds: 1 })).toEqual({ lookAgain: true });
    }
  });

  it('the body sees the variables of its script, and none of those around it', async () => {
    await using vm = await newVm();
    const text = `$mutex = 'mine'; $File = 'mine'; $seen = 'mine'; $Epoch = 'mine'
      ${FENCED} @{ all = @($mutex, $File, $seen, $Epoch, $Given.operation) } }`;
    expect(await vm.act(text)).toEqual({ all: ['mine', 'mine', 'mine', 'mine', 'm1'] });
  });

  it('a name that is no VM Id is refused', async () => {
    await using vm = await newVm();
    const problem = await problemOf(vm.act(LOOKS, { vmId: '..\\other' }));
    expect(problem.facts.errorId).toContain('ParameterArgumentTransformationError');
  });
}
