/** The machine's own log: the Event Log on Windows, syslog elsewhere. It does not need Slack. */

import { execFile } from 'node:child_process';
import { win32 } from 'node:path';
import { promisify } from 'node:util';

const PATIENCE_MS = 10_000;
/** Far below what either log takes. */
const TEXT_CHARS_MAX = 1000;

export interface SystemEvent {
  /** 1 to 1000. */
  readonly id: number;
  readonly text: string;
}

export type SystemLog = (event: SystemEvent) => Promise<void>;

/** The program and its arguments: no shell ever reads them. */
export interface LogCommand {
  readonly file: string;
  readonly args: readonly string[];
}

/** `eventcreate` is named by its folder, so that no other one on the path is run. */
export function logCommand(
  { id, text }: SystemEvent,
  platform: NodeJS.Platform,
  systemRoot = 'C:\\Windows',
): LogCommand {
  // One line, and nothing that a console or a viewer would obey.
  const line = text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').slice(0, TEXT_CHARS_MAX);
  if (platform !== 'win32') {
    return {
      file: 'logger',
      args: ['-t', 'ferry', '-p', 'daemon.err', '--', `event ${id}: ${line}`],
    };
  }
  const file = win32.join(systemRoot, 'System32', 'eventcreate.exe');
  // A backslash or a quote at the wrong place would end the argument early in eventcreate.
  const plain = line.replaceAll('"', "'").replace(/\\+$/, '');
  return {
    file,
    args: ['/ID', String(id), '/L', 'APPLICATION', '/T', 'ERROR', '/SO', 'Ferry', '/D', plain],
  };
}

export function systemLog(
  platform: NodeJS.Platform = process.platform,
  systemRoot = process.env.SystemRoot,
): SystemLog {
  const run = promisify(execFile);
  return async (event) => {
    const { file, args } = logCommand(event, platform, systemRoot);
    await run(file, [...args], { timeout: PATIENCE_MS, windowsHide: true });
  };
}
