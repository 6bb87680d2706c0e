/**
 * A session of node-powershell 5.0.1, started so that what it does wrong does no harm. Its traps, by
 * the numbers that this folder's comments and tests use:
 *  1 a command of several lines hangs       7 one command at a time, whose state stays
 *  2 CRLF can lose the end of an answer     8 it keeps every result for ever
 *  3 any byte on stderr is a failure        9 Windows' code page spoils what is not ASCII
 *  4 `exit` in a command ends the session  10 dispose() kills; its timer keeps Node alive
 *  5 a missing program ends Node           11 its template lets data become commands
 *  6 its time limit leaves the command on  12 the first call takes a second: sessions are kept
 */

import type { ChildProcess } from 'node:child_process';
import { win32 } from 'node:path';
import { PowerShell as NodePowerShell } from 'node-powershell';

export interface SessionOptions {
  /** The program's path, or its name on PATH. */
  readonly executable: string;
  /** Folders of modules, instead of what PSModulePath says. */
  readonly modulePath?: string;
}

/** The PowerShell that each Windows has, by its whole path, so that no other of that name is found. */
export const defaultExecutable = (platform = process.platform): string =>
  platform === 'win32'
    ? win32.join(
        process.env.SystemRoot ?? 'C:\\Windows',
        'System32\\WindowsPowerShell\\v1.0\\powershell.exe',
      )
    : 'pwsh';

/**
 * The first command of each session, in one line (1). Of the code pages only that of the output is set:
 * a new input encoding could drop what is already read ahead, and all that we send is ASCII (9). It may
 * fail where there is no console, and what it would mend is noise: answers are ASCII too. The session
 * forgets its command lines (8).
 */
const FIRST_COMMAND = [
  'try { [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false } catch { $Error.Clear() }',
  `$ProgressPreference = 'SilentlyContinue'`,
  '$MaximumHistoryCount = 1',
].join('; ');

export class Session extends NodePowerShell {
  /** The first command's end. */
  readonly ready: Promise<unknown>;
  readonly child: ChildProcess;
  /** Settles, and never rejects, when the process is gone or could not be started: then with why. */
  readonly gone: Promise<Error | undefined>;

  constructor({ executable, modulePath }: SessionOptions) {
    super({
      executable,
      executableOptions: {
        '-NoProfile': true,
        '-NonInteractive': true,
        '-ExecutionPolicy': 'Bypass',
        '-OutputFormat': 'Text',
      },
      spawnOptions: { env: environment(modulePath), windowsHide: true },
      // What is on the error stream is noise (3): scripts answer with their errors as data.
      throwOnInvocationError: false,
      // No limit of the library's (6): its end would leave the command running. Ours ends the process.
    });
    const { exitPromise, process } = inside(this);
    this.child = process;
    // Attached in the same turn: a missing program must not become an unhandled rejection (5).
    this.gone = exitPromise.then(
      () => undefined,
      (error: Error) => error,
    );
    this.ready = this.invoke(FIRST_COMMAND);
    this.ready.catch(() => undefined); // Whoever calls awaits it too, and hears why.
  }

  /** As it is given: neither NODE_POWERSHELL nor the library's own names decide. */
  protected override setExecutable({ executable = '' }: { executable?: string }): string {
    return executable;
  }

  // With a CRLF after it the library can overlook its end mark (2).
  protected override writeToOutput(mark: string): string {
    return `[Console]::Out.Write("${mark}\`n")`;
  }

  protected override writeToError(mark: string): string {
    return `[Console]::Error.Write("${mark}\`n")`;
  }
}

/** What the library's types call private: without it trap 5 has no cure. */
const inside = (session: Session) =>
  session as unknown as {
    readonly exitPromise: Promise<void>;
    readonly process: ChildProcess;
  };

function environment(modulePath: string | undefined): NodeJS.ProcessEnv {
  const variables: NodeJS.ProcessEnv = { ...process.env, NO_COLOR: '1', TERM: 'dumb' };
  // Of a PowerShell 7 that started us: its modules do not load in 5.1, which then makes its own path.
  if (process.platform === 'win32') delete variables.PSModulePath;
  if (modulePath !== undefined) variables.PSModulePath = modulePath;
  return { ...variables, POWERSHELL_TELEMETRY_OPTOUT: '1', POWERSHELL_UPDATECHECK: 'Off' };
}
