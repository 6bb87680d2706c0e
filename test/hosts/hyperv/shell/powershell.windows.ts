import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, expect, it } from '@jest/globals';
import { z } from 'zod';
import { requireTool } from '../../../tools.ts';
import {
  call,
  commands,
  echo,
  isRunning,
  newFolder,
  open,
  problemOf,
  textIn,
  until,
} from './fixture.ts';

const HANG = `[System.IO.File]::WriteAllText($Given.file, "$PID"); Start-Sleep 600; @{}`;

const pwsh = requireTool('pwsh');
if (pwsh !== undefined) {
  const powershell = open(pwsh);
  afterAll(() => powershell.close());
  const told = (text: string) => powershell.ask(commands, { text }, call);
  const pid = async () => (await told('@{ pid = $PID }')).pid;

  it('an answer of another shape is refused, with the place of the difference', async () => {
    const before = await pid();
    const schema = z.object({ vms: z.array(z.object({ name: z.string() })) });
    const given = { vms: [{ name: 'dc02' }, { name: 7 }] };
    const problem = await problemOf(powershell.ask(echo, given, { ...call, schema }));
    expect(problem.code).toBe('powershell-answer');
    expect(problem.facts.reason).toContain('vms.1.name');
    expect(await pid()).toBe(before);
  });

  it('endless output ends the process, not our memory', async () => {
    const text = `while ($true) { [Console]::Out.Write('x' * 1MB) }`;
    const problem = await problemOf(told(text));
    expect(problem.code).toBe('powershell-answer');
    expect(problem.facts.reason).toContain('8388608 bytes');
    expect(await told('@{ a = 1 }')).toEqual({ a: 1 });
  });

  it('a question that never gets its turn ends at its own limit and harms nobody', async () => {
    await using folder = await newFolder();
    const file = folder.file('pid');
    const stop = new AbortController();
    const slow = problemOf(
      powershell.ask(commands, { text: HANG, file }, { ...call, signal: stop.signal }),
    );
    const busy = await textIn(file);
    const problem = await problemOf(powershell.ask(echo, {}, { ...call, timeoutSeconds: 0.2 }));
    expect(problem).toMatchObject({ code: 'powershell-busy', facts: { seconds: 0.2 } });

    const aborted = new AbortController();
    const waiting = problemOf(powershell.ask(echo, {}, { ...call, signal: aborted.signal }));
    aborted.abort(new Error('not needed any more'));
    expect((await waiting).message).toBe('not needed any more');
    expect(isRunning(busy)).toBe(true);

    const crowd = new AbortController();
    const many = Array.from({ length: 199 }, () =>
      problemOf(powershell.ask(echo, {}, { ...call, signal: crowd.signal })),
    );
    const refused = await problemOf(powershell.ask(echo, {}, call));
    expect(refused).toMatchObject({ code: 'powershell-busy', facts: { waiting: 200 } });
    crowd.abort(new Error('all go'));
    for (const { message } of await Promise.all(many)) expect(message).toBe('all go');

    const next = powershell.ask(echo, { next: 1 }, call);
    stop.abort(new Error('stop'));
    expect((await slow).message).toBe('stop');
    expect(await next).toEqual({ next: 1 });
    await until(() => !isRunning(busy));
  });

  it('effects run side by side, and aborting one kills only its process', async () => {
    await using folder = await newFolder();
    const [file, other] = [folder.file('a'), folder.file('b')];
    const stop = new AbortController();
    const stopped = problemOf(
      powershell.act(commands, { text: HANG, file }, { ...call, signal: stop.signal }),
    );
    const goesOn = powershell.act(
      commands,
      {
        text: `[System.IO.File]::WriteAllText($Given.file, "$PID")
          while (-not [System.IO.File]::Exists($Given.go)) { Start-Sleep -Milliseconds 20 }
          @{ pid = $PID }`,
        file: other,
        go: folder.file('go'),
      },
      call,
    );
    const [first, second] = [await textIn(file), await textIn(other)];
    expect(first).not.toBe(second);
    stop.abort(new Error('cancelled'));
    expect((await stopped).message).toBe('cancelled');
    await until(() => !isRunning(first));
    await writeFile(folder.file('go'), '');
    expect(String((await goesOn).pid)).toBe(second);
    await problemOf(powershell.act(echo, {}, { ...call, signal: AbortSignal.abort() }));
  });

  it('a process that is killed in a call is reported, one killed between calls is not', async () => {
    await using folder = await newFolder();
    const file = folder.file('pid');
    const hit = problemOf(powershell.act(commands, { text: HANG, file }, call));
    process.kill(Number(await textIn(file)), 'SIGKILL');
    expect((await hit).code).toBe('powershell-died');

    const idle = await pid();
    process.kill(Number(idle), 'SIGKILL');
    await until(() => !isRunning(idle));
    await sleep(0); // The event of its end has come by now.
    expect(await pid()).not.toBe(idle);
  });

  it('closing waits for what ends soon, kills the rest, and leaves no process behind', async () => {
    await using folder = await newFolder();
    const closing = open(pwsh);
    const file = folder.file('pid');
    const idle = (await closing.act(commands, { text: '@{ pid = $PID }' }, call)).pid;
    const asked = (await closing.ask(commands, { text: '@{ pid = $PID }' }, call)).pid;
    const soon = closing.ask(commands, { text: 'Start-Sleep -Milliseconds 300; @{ a = 1 }' }, call);
    const never = problemOf(closing.act(commands, { text: HANG, file }, call));
    const hung = await textIn(file);
    const closed = closing.close(4);
    expect((await problemOf(closing.ask(echo, {}, call))).code).toBe('powershell-closed');
    expect(await soon).toEqual({ a: 1 });
    expect((await never).code).toBe('powershell-died');
    await closed;
    for (const process of [idle, asked, hung]) await until(() => !isRunning(process));
  });
}
