/**
 * Keeps a host's worker running: `node keep-worker.ts <folder>`, started by Windows' task scheduler.
 * It starts the worker again when that ends, writes down what it says, and ends with it when the file
 * `run/stop` appears. What the worker is doing stands in `run/status.json`, for `install-worker.ps1`.
 *
 *   folder/worker.env            the worker's settings
 *   folder/logs/worker.log       what it says, and when it was started and ended
 *   folder/run/                  stop, status.json
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { unlessHeld } from './held.ts';
import { openRotatingLog, type RotatingLog } from './rotating-log.ts';

const LOOK_MILLISECONDS = 500;
/** The waits before the worker is started again: doubled until the longest. */
const WAIT_SECONDS = { first: 1, longest: 60 } as const;
/** Whoever ran so long has started well: the waits begin anew. */
const STARTED_WELL_SECONDS = 300;
/** A step that runs ends at its next safe point. */
const END_SECONDS_MAX = 90;

interface Status {
  readonly version: string;
  readonly state: 'starting' | 'ready' | 'waiting' | 'stopped';
  readonly keeper: number;
  readonly worker?: number | undefined;
  readonly host?: string;
  /** What an operator types into `/migrate enroll`. */
  readonly code?: string;
  /** How often the worker ended by itself. */
  readonly ends: number;
}

interface Keeping {
  readonly folder: string;
  readonly version: string;
  readonly log: RotatingLog;
  ends: number;
}

const root = join(import.meta.dirname, '..');
const cli = join(root, 'src', 'cli.js');
const channel = pathToFileURL(join(import.meta.dirname, 'end-with-keeper.ts')).href;

async function keep(folder: string): Promise<void> {
  for (const name of ['logs', 'run']) mkdirSync(join(folder, name), { recursive: true });
  const log = openRotatingLog(join(folder, 'logs'));
  const keeping: Keeping = { folder, version: readVersion(), log, ends: 0 };
  let waitSeconds: number = WAIT_SECONDS.first;
  // For as long as Windows runs: only the stop file ends it.
  while (!isStopped(folder)) {
    const startedAt = Date.now();
    const end = await runOnce(keeping);
    if (isStopped(folder)) break;
    keeping.ends += 1;
    const ranSeconds = (Date.now() - startedAt) / 1000;
    if (ranSeconds > STARTED_WELL_SECONDS) waitSeconds = WAIT_SECONDS.first;
    say(log, `the worker ended (${end}) and is started again in ${waitSeconds} s`);
    tell(keeping, { state: 'waiting' });
    await pauseUnlessStopped(folder, waitSeconds);
    waitSeconds = Math.min(waitSeconds * 2, WAIT_SECONDS.longest);
  }
  say(log, 'stopped as asked');
  tell(keeping, { state: 'stopped' });
  unlessHeld(() => rmSync(stopFile(folder), { force: true }));
  log.close();
}

/** Runs the worker until it ends or is to end, and says how it ended. */
async function runOnce(keeping: Keeping): Promise<string> {
  const { folder, log } = keeping;
  const worker = spawn(
    process.execPath,
    // Windows' own paths stand as they are; only a module is named by a URL.
    [
      '--disable-warning=ExperimentalWarning',
      '--import',
      channel,
      cli,
      '--env',
      join(folder, 'worker.env'),
      'worker',
    ],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], windowsHide: true },
  );
  const pid = worker.pid;
  say(log, `worker ${keeping.version} started as process ${pid}`);
  tell(keeping, { state: 'starting', worker: pid });
  const heard = hear(worker, log, ({ host, code }) =>
    tell(keeping, { state: 'ready', worker: pid, host, code }),
  );
  // Not `close`, which never comes once this end has closed the channel (Node 24).
  const ended = once(worker, 'exit').then(([code, signal]) => `exit code ${signal ?? code}`);
  const over = new AbortController();
  const asked = untilStopped(folder, over.signal).then(() => endWorker(worker, over.signal, log));
  try {
    return await ended;
  } finally {
    over.abort();
    await Promise.all([asked, heard]);
  }
}

/** Asks it to end, and ends it where it does not. */
async function endWorker(worker: ChildProcess, over: AbortSignal, log: RotatingLog): Promise<void> {
  if (over.aborted) return;
  if (worker.connected) worker.disconnect();
  await pause(END_SECONDS_MAX * 1000, undefined, { signal: over }).catch(() => undefined);
  if (over.aborted) return;
  say(log, `the worker did not end within ${END_SECONDS_MAX} s and is ended now`);
  worker.kill('SIGKILL');
}

/** What it says goes into the log; its line on standard output tells that it is ready. */
async function hear(
  worker: ChildProcess,
  log: RotatingLog,
  onReady: (ready: { host: string; code: string }) => void,
): Promise<void> {
  const listen = async (stream: ChildProcess['stdout'], onLine: (line: string) => void) => {
    if (!stream) return;
    for await (const line of createInterface({ input: stream })) onLine(line);
  };
  await Promise.all([
    listen(worker.stderr, (line) => log.line(line)),
    listen(worker.stdout, (line) => {
      log.line(line);
      const ready = readyIn(line);
      if (ready) onReady(ready);
    }),
  ]);
}

/** The line that `ferry worker` prints when it is ready (src/cli/processes.ts). */
function readyIn(line: string): { host: string; code: string } | undefined {
  if (!line.startsWith('{"ready":"worker"')) return undefined;
  const { host, code } = JSON.parse(line) as { host?: unknown; code?: unknown };
  return { host: String(host), code: String(code) };
}

const stopFile = (folder: string): string => join(folder, 'run', 'stop');
const isStopped = (folder: string): boolean => existsSync(stopFile(folder));

async function untilStopped(folder: string, over: AbortSignal): Promise<void> {
  while (!over.aborted && !isStopped(folder)) {
    await pause(LOOK_MILLISECONDS, undefined, { signal: over }).catch(() => undefined);
  }
}

async function pauseUnlessStopped(folder: string, seconds: number): Promise<void> {
  const until = Date.now() + seconds * 1000;
  while (Date.now() < until && !isStopped(folder)) await pause(LOOK_MILLISECONDS);
}

/** Into the file itself: on Windows nothing takes the place of a file that somebody reads. */
function tell(
  { folder, version, ends }: Keeping,
  more: Omit<Status, 'version' | 'keeper' | 'ends'>,
): void {
  const status: Status = { version, keeper: process.pid, ends, ...more };
  const write = () =>
    writeFileSync(join(folder, 'run', 'status.json'), `${JSON.stringify(status)}\n`);
  unlessHeld(write);
}

const say = (log: RotatingLog, text: string): void =>
  log.line(`${new Date().toISOString()} keeper: ${text}`);

function readVersion(): string {
  const { id } = JSON.parse(readFileSync(join(root, 'version.json'), 'utf8')) as { id: string };
  return id;
}

const [folder = ''] = process.argv.slice(2);
if (folder === '') throw new Error('Usage: node keep-worker.ts FOLDER');
await keep(folder);
