/** Windows' task scheduler behind the doubles of its cmdlets: tasks that it starts are real processes. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { Asked, Told } from '../../hyperv-module/fake-simulator.ts';

const STATE = { disabled: 1, ready: 3, running: 4 } as const;
const FILE_NOT_FOUND = 0x80070002;
const RUNS = 0x41301;

interface Action {
  readonly Execute: string;
  readonly Arguments: string;
  readonly WorkingDirectory: string;
}
export interface Task {
  readonly name: string;
  readonly path: string;
  readonly action: Action;
  readonly triggers: readonly Readonly<Record<string, unknown>>[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly principal: Readonly<Record<string, unknown>>;
  enabled: boolean;
  result: number;
  process?: ChildProcess | undefined;
}

const KINDS: Readonly<Record<string, string>> = {
  'New-ScheduledTaskAction': 'MSFT_TaskExecAction',
  'New-ScheduledTaskTrigger': 'MSFT_TaskTrigger',
  'New-ScheduledTaskPrincipal': 'MSFT_TaskPrincipal2',
  'New-ScheduledTaskSettingsSet': 'MSFT_TaskSettings3',
};

export class Scheduler {
  readonly tasks = new Map<string, Task>();

  /** What a cmdlet of the module tells; nothing for those of others. */
  answer({ cmdlet, set, parameters }: Asked): Told | undefined {
    const kind = KINDS[cmdlet];
    if (kind === 'MSFT_TaskExecAction') {
      const { Execute, Argument, WorkingDirectory } = parameters;
      return { output: [{ $type: kind, Execute, Arguments: Argument, WorkingDirectory }] };
    }
    if (kind !== undefined) return { output: [{ $type: kind, set, ...parameters }] };
    if (!cmdlet.endsWith('-ScheduledTask') && cmdlet !== 'Get-ScheduledTaskInfo') return undefined;
    if (cmdlet === 'Register-ScheduledTask') return this.#register(parameters);
    const name = [parameters.TaskName].flat()[0] as string;
    const task = this.tasks.get(`${[parameters.TaskPath].flat()[0]}${name}`);
    if (task === undefined) return notFound(name);
    return this.#act(cmdlet, task);
  }

  #register(parameters: Asked['parameters']): Told {
    const { TaskName: name, TaskPath: path, Action: actions, Force: force } = parameters;
    const key = `${path}${name}`;
    const before = this.tasks.get(key);
    if (before !== undefined && force !== true) throw new Error(`${key} is there`);
    const [action] = [actions].flat() as Action[];
    if (action === undefined) throw new Error('A task needs an action');
    const task: Task = {
      name: String(name),
      path: String(path),
      action,
      triggers: [parameters.Trigger].flat() as Task['triggers'],
      settings: parameters.Settings as Task['settings'],
      principal: parameters.Principal as Task['principal'],
      enabled: true,
      result: 0x41303,
      process: before?.process,
    };
    this.tasks.set(key, task);
    return { output: [shown(task)] };
  }

  #act(cmdlet: string, task: Task): Told {
    if (cmdlet === 'Get-ScheduledTaskInfo') {
      const { name: TaskName, path: TaskPath, result: LastTaskResult } = task;
      return { output: [{ $type: 'MSFT_TaskDynamicInfo', TaskName, TaskPath, LastTaskResult }] };
    }
    if (cmdlet === 'Unregister-ScheduledTask') this.tasks.delete(`${task.path}${task.name}`);
    else if (cmdlet === 'Enable-ScheduledTask') task.enabled = true;
    else if (cmdlet === 'Disable-ScheduledTask') task.enabled = false;
    else if (cmdlet === 'Start-ScheduledTask') this.start(task);
    else if (cmdlet === 'Stop-ScheduledTask') task.process?.kill('SIGKILL');
    return cmdlet.startsWith('Start') || cmdlet.startsWith('Stop') ? {} : { output: [shown(task)] };
  }

  /** What a trigger does too. */
  start(task: Task): void {
    if (!task.enabled) throw new Error(`${task.name} is disabled`);
    if (isRunning(task)) return;
    const { Execute: program, Arguments: text, WorkingDirectory: cwd } = task.action;
    if (!existsSync(program)) {
      task.result = FILE_NOT_FOUND;
      return;
    }
    // The package's node.exe is Windows': here the one that runs this test stands for it.
    const args = [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(
      ([, quoted, word]) => quoted ?? word ?? '',
    );
    const { FERRY_DOUBLE_URL: _, ...env } = process.env;
    const started = spawn(process.execPath, args, { cwd, env, stdio: 'ignore' });
    task.process = started;
    task.result = RUNS;
    started.once('exit', (code) => {
      task.result = code ?? 1;
    });
  }

  /** Whatever runs is ended; workers end with their keepers. */
  async close(): Promise<void> {
    for (const task of this.tasks.values()) {
      if (!task.process || !isRunning(task)) continue;
      const ended = once(task.process, 'exit');
      task.process.kill('SIGKILL');
      await ended;
    }
    this.tasks.clear();
  }
}

export const isRunning = ({ process: running }: Task): boolean =>
  running !== undefined && running.exitCode === null && running.signalCode === null;

const shown = (task: Task): object => {
  const value = isRunning(task) ? STATE.running : task.enabled ? STATE.ready : STATE.disabled;
  return {
    $type: 'MSFT_ScheduledTask',
    TaskName: task.name,
    TaskPath: task.path,
    State: { $enum: 'StateEnum', value },
    Actions: [{ $type: 'MSFT_TaskExecAction', ...task.action }],
  };
};

const notFound = (name: string): Told => ({
  errors: [
    {
      terminating: false,
      errorId: 'CmdletizationQuery_NotFound_TaskName',
      category: 'ObjectNotFound',
      message: `No MSFT_ScheduledTask objects found with property 'TaskName' equal to '${name}'.`,
      target: name,
    },
  ],
});
