/** `install-worker.ps1` with the real PowerShell, real files and real processes; Windows' cmdlets are doubles. */

import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { requireTool } from '../../tools.ts';
import { isRunning, type Task } from './scheduler.ts';
import { BOT, MANAGED, Windows } from './windows.ts';

jest.setTimeout(180_000);

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  const taskOf = (windows: Windows): Task => {
    const task = windows.scheduler.tasks.get('\\Ferry\\Ferry worker hv-a');
    if (task === undefined) throw new Error('There is no task');
    return task;
  };
  const statusOf = async (windows: Windows) =>
    JSON.parse(await windows.text('Ferry/run/status.json'));

  describe('from the first installation to the removal', () => {
    let windows: Windows;
    let first: string;
    let key: string;
    beforeAll(async () => {
      windows = await Windows.open(pwsh);
      first = await windows.unpack({ version: '1.0.0' });
    });
    afterAll(() => windows.close());

    it('with -WhatIf it says what it would do, and does nothing', async () => {
      const { code, said } = await windows.install(
        first,
        `-Install ${windows.settings} ${MANAGED} -WhatIf`,
      );
      expect({ code, said }).toMatchObject({ code: 0 });
      expect(said).toContain('What if: Performing the operation "allow TCP 7420 to 10.0.9.11');
      expect(said).toContain('Ferry worker hv-a');
      expect(windows.changes).toEqual([]);
      expect(existsSync(windows.path('Ferry'))).toBe(false);
      expect(await windows.text('programs')).not.toMatch(/icacls|configure/);
    });

    it('installs a worker that runs, and ends with the command that enrols its host', async () => {
      const { code, said } = await windows.install(
        first,
        `-Install ${windows.settings} ${MANAGED}`,
      );
      expect({ code, said }).toMatchObject({ code: 0 });
      key = await windows.text('Ferry/state/key');
      expect(said.trim().endsWith(`/migrate enroll hv-a ${key}`)).toBe(true);
      expect(isRunning(taskOf(windows))).toBe(true);
      expect(await statusOf(windows)).toMatchObject({ state: 'ready', version: '1.0.0-00000000' });
      expect(await windows.text('Ferry/logs/worker.log')).toContain(`worker of hv-a obeys ${BOT}`);
    });

    it('the task starts with Windows, runs without end, and is started each minute if it ended', () => {
      const { triggers, settings, principal, action } = taskOf(windows);
      expect(triggers).toMatchObject([
        { AtStartup: true },
        { Once: true, RepetitionInterval: { $span: 60 } },
      ]);
      expect(settings).toMatchObject({
        MultipleInstances: 'IgnoreNew',
        ExecutionTimeLimit: { $span: 0 },
        Priority: 4,
      });
      expect(principal).toMatchObject({
        UserId: 'CORP\\ferry$',
        LogonType: 'Password',
        RunLevel: 'Highest',
      });
      expect(action.Execute).toBe(windows.path('Ferry/versions/1.0.0-00000000/node/node.exe'));
    });

    it('only the migration network may dial its port, and only three may look into its folder', async () => {
      expect(windows.rules.get('Ferry-Worker-hv-a')).toMatchObject({
        Direction: 'Inbound',
        Action: 'Allow',
        Protocol: 'TCP',
        LocalPort: ['7420'],
        LocalAddress: ['10.0.9.11'],
        RemoteAddress: ['10.0.0.0/20'],
      });
      expect(windows.administrators).toEqual(new Set(['CORP\\ferry$']));
      const three = (right: string) =>
        `/inheritance:r /grant:r *S-1-5-18:(OI)(CI)F *S-1-5-32-544:(OI)(CI)F CORP\\ferry$:(OI)(CI)${right} /Q`;
      const lines = await windows.text('programs');
      expect(lines).toContain(`icacls.exe ${windows.path('Ferry')} ${three('RX')}\n`);
      expect(lines).toContain(`icacls.exe ${windows.path('Ferry/state')} ${three('M')}\n`);
      expect(lines).not.toContain('/configure');
    });

    it('installed again, it mends a changed file, leaves all else as it is, and the worker running', async () => {
      const before = (await statusOf(windows)).worker;
      const file = 'Ferry/versions/1.0.0-00000000/install/network.ps1';
      const whole = await windows.text(file);
      await appendFile(windows.path(file), '# changed');
      windows.changes.length = 0;
      const { code, said } = await windows.install(first, '-Install');
      expect({ code, said }).toMatchObject({ code: 0 });
      expect(said).toContain(`/migrate enroll hv-a ${key}`);
      expect(await windows.text(file)).toBe(whole);
      expect((await statusOf(windows)).worker).toBe(before);
      expect(windows.changes).toEqual(['Add-LocalGroupMember', 'Set-NetFirewallRule']);
    });

    it('installed again with another port, it opens that one and starts the worker anew', async () => {
      const before = (await statusOf(windows)).worker;
      const { code, said } = await windows.install(first, '-Install -ListenPort 7421');
      expect({ code, said }).toMatchObject({ code: 0 });
      expect(windows.rules.get('Ferry-Worker-hv-a')).toMatchObject({ LocalPort: ['7421'] });
      expect(await windows.text('Ferry/worker.env')).toContain('FERRY_LISTEN=10.0.9.11:7421');
      expect((await statusOf(windows)).worker).not.toBe(before);
    });

    it('another version is put in place by an upgrade alone', async () => {
      const second = await windows.unpack({ version: '1.1.0' });
      const refused = await windows.install(second, `-Install ${windows.settings} ${MANAGED}`);
      expect(refused.code).not.toBe(0);
      expect(refused.said).toContain('install-worker.ps1 -Upgrade');
      const { code, said } = await windows.install(second, '-Upgrade');
      expect({ code, said }).toMatchObject({ code: 0 });
      expect(said).toContain(`/migrate enroll hv-a ${key}`);
      expect(await statusOf(windows)).toMatchObject({ state: 'ready', version: '1.1.0-00000000' });
      expect(taskOf(windows).action.Execute).toContain('1.1.0-00000000');
      expect(await windows.text('Ferry/logs/worker.log')).toContain('ended as asked');
      expect(existsSync(windows.path('Ferry/versions/1.0.0-00000000'))).toBe(true);
    });

    it('an upgrade that does not become ready is taken back: the version before runs, with its settings and key', async () => {
      const third = await windows.unpack({ version: '1.2.0', broken: true });
      const settings = await windows.text('Ferry/worker.env');
      const { code, said } = await windows.install(
        third,
        "-Upgrade -Settings @{ LOG_LEVEL = 'debug' }",
      );
      expect(code).not.toBe(0);
      expect(said).toContain('1.1.0-00000000 runs again');
      expect(said).toContain('The store cannot be reached');
      expect(await statusOf(windows)).toMatchObject({ state: 'ready', version: '1.1.0-00000000' });
      expect(isRunning(taskOf(windows))).toBe(true);
      expect(taskOf(windows).enabled).toBe(true);
      expect(await windows.text('Ferry/worker.env')).toBe(settings);
      expect(await windows.text('Ferry/state/key')).toBe(key);
      expect(JSON.parse(await windows.text('Ferry/installed.json')).version).toBe('1.1.0-00000000');
      expect(existsSync(windows.path('Ferry/versions/1.2.0-00000000'))).toBe(false);
    });

    it('removed, it leaves key, settings and logs, so that the host need not be enrolled anew', async () => {
      const task = taskOf(windows);
      const folder = windows.path('zip-1.1.0');
      const { code, said } = await windows.install(folder, '-Remove');
      expect({ code, said }).toMatchObject({ code: 0 });
      expect(isRunning(task)).toBe(false);
      expect([
        windows.scheduler.tasks.size,
        windows.rules.size,
        windows.administrators.size,
      ]).toEqual([0, 0, 0]);
      expect(existsSync(windows.path('Ferry/versions'))).toBe(false);
      const again = await windows.install(folder, `-Install ${MANAGED}`);
      expect(again.said).toContain(`/migrate enroll hv-a ${key}`);
    });

    it('removed with its state, nothing of it is left, and a second removal says so', async () => {
      const folder = windows.path('zip-1.1.0');
      const { code, said } = await windows.install(folder, '-Remove -RemoveState');
      expect({ code, said }).toMatchObject({ code: 0 });
      expect(existsSync(windows.path('Ferry'))).toBe(false);
      expect((await windows.install(folder, '-Remove')).said).toContain('No worker is installed');
    });
  });

  describe('without a domain', () => {
    let windows: Windows;
    beforeAll(async () => {
      windows = await Windows.open(pwsh);
    });
    afterAll(() => windows.close());

    it('makes an account of its own whose password nobody knows, lets it run tasks, and deletes it with the worker', async () => {
      windows.rights = 'S-1-5-32-551';
      const folder = await windows.unpack({ version: '1.0.0' });
      const { code, said } = await windows.install(
        folder,
        `-Install ${windows.settings} -LocalAccount`,
      );
      expect({ code, said }).toMatchObject({ code: 0 });
      expect(taskOf(windows).principal).toMatchObject({
        UserId: 'HV-A\\ferry-worker',
        LogonType: 'S4U',
      });
      expect(windows.administrators).toEqual(new Set(['HV-A\\ferry-worker']));
      const template = await windows.text('programs.template');
      expect(template.replaceAll('\0', '')).toContain(
        'SeBatchLogonRight = S-1-5-32-551,HV-A\\ferry-worker',
      );
      expect((await windows.install(folder, '-Remove -RemoveState')).code).toBe(0);
      expect(windows.users.size).toBe(0);
    });
  });
}
