/** The lab's processes: started, restarted as a service would be, and ended, none left behind. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { Problem } from '../domain/problem.ts';
import { problemSchema } from '../domain/problem-record.ts';

const LEASH = new URL('leash.ts', import.meta.url).href;
const READY_SECONDS_MAX = 60;
const RESTART_SECONDS = 0.5;
const END_SECONDS_MAX = 15;

export interface Program {
  readonly name: string;
  /** Arguments of node: the script first. */
  readonly args: readonly string[];
  /** Asked at each start. */
  readonly env?: () => Readonly<Record<string, string>>;
  /** Everything that it prints, for whoever looks for the cause of a failure. */
  readonly logFile: string;
}

export interface Running {
  readonly name: string;
  /** Of the process that runs now. */
  readonly pid: number;
  /** The first line that it printed: one JSON object when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** As a power cut would: it has no time to clean up. It is not restarted until `start`. */
  kill(): Promise<void>;
  /** Starts it again after `kill` and waits until it is ready. */
  start(): Promise<void>;
  /** Asks it to end, and makes it end. */
  stop(): Promise<void>;
}

/**
 * Starts a program and keeps it running: one that dies by itself is started again, unless it was
 * never ready.
 * @throws {Problem} lab-process-failed {name, logFile}, or what it said itself: `{"problem": …}`
 */
export async function run(program: Program): Promise<Running> {
  // Programs print what others need to reach them: passwords and tokens.
  mkdirSync(dirname(program.logFile), { recursive: true, mode: 0o700 });
  const log = createWriteStream(program.logFile, { flags: 'a', mode: 0o600 });
  let wanted = true;
  let child: ChildProcess | undefined;
  let ready: Record<string, unknown> = {};
  const begin = async (): Promise<void> => {
    wanted = true;
    child = launch(program, log);
    const mine = child;
    mine.once('exit', () => {
      if (wanted && child === mine) setTimeout(restart, RESTART_SECONDS * 1000);
    });
    ready = await firstLine(mine, program);
  };
  const restart = (): void => {
    if (wanted) begin().catch((error: unknown) => log.write(`${String(error)}\n`));
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    wanted = false;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    const insist = setTimeout(() => child?.kill('SIGKILL'), END_SECONDS_MAX * 1000);
    await exit;
    clearTimeout(insist);
  };
  try {
    await begin();
  } catch (error) {
    await end('SIGKILL');
    log.end();
    throw error;
  }
  return {
    name: program.name,
    get pid() {
      return child?.pid ?? 0;
    },
    get ready() {
      return ready;
    },
    kill: () => end('SIGKILL'),
    start: begin,
    async stop() {
      await end('SIGTERM');
      log.end();
    },
  };
}

function launch({ args, env }: Program, log: NodeJS.WritableStream): ChildProcess {
  const options = ['--disable-warning=ExperimentalWarning', '--import', LEASH];
  const child = spawn(process.execPath, [...options, ...args], {
    // Ctrl-C in a terminal is for the lab, which then ends them in order.
    detached: process.platform !== 'win32',
    env: { ...process.env, ...env?.() },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdout?.pipe(log, { end: false });
  child.stderr?.pipe(log, { end: false });
  return child;
}

async function firstLine(
  child: ChildProcess,
  { name, logFile }: Program,
): Promise<Record<string, unknown>> {
  const failed = (): Problem => new Problem('lab-process-failed', { name, logFile });
  if (!child.stdout) throw failed();
  const lines = createInterface({ input: child.stdout });
  const { promise, resolve, reject } = Promise.withResolvers<Record<string, unknown>>();
  const late = setTimeout(() => reject(failed()), READY_SECONDS_MAX * 1000);
  lines.on('line', (line) => {
    if (!line.startsWith('{')) return;
    const said = JSON.parse(line) as Record<string, unknown>;
    const { success, data } = problemSchema.safeParse(said.problem);
    if (!success) resolve(said);
    else reject(data.code === 'bug' ? failed() : new Problem(data.code, data.facts));
  });
  child.once('exit', () => reject(failed()));
  try {
    return await promise;
  } finally {
    clearTimeout(late);
    lines.close();
    // Closing the reader paused the stream; the log still wants it.
    child.stdout.resume();
  }
}
