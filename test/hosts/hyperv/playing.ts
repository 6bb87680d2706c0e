/** A PowerShell that plays one of the simulated Windows hosts. */

import { randomUUID } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { PowerShell } from '../../../src/hosts/hyperv/shell/powershell.ts';
import type { ShellOptions } from '../../../src/hosts/hyperv/shell/shell.ts';
import { MODULE_PATH } from '../../hyperv-module/data.ts';
import type { Bench } from '../../hyperv-module/simulator-fixture.ts';

/**
 * Doubles of Windows' own programs, and the node that they run. Nothing else: a PowerShell looks at each
 * file of each folder here whenever it meets a command for the first time.
 */
export const PROGRAM_PATH = [join(import.meta.dirname, 'programs'), dirname(process.execPath)].join(
  delimiter,
);

export interface Playing {
  readonly powershell: PowerShell;
  /** Of its processes, oldest first. */
  pids(): Promise<number[]>;
}

export interface PlayingOptions extends Pick<ShellOptions, 'onNoise'> {
  readonly pwsh: string;
  readonly host: string;
}

/** One process of the tests plays all hosts: which one a PowerShell is stands in its environment. */
export async function playing(
  { dir, simulator }: Pick<Bench, 'dir' | 'simulator'>,
  { pwsh, host, ...options }: PlayingOptions,
): Promise<Playing> {
  const file = join(dir, `pwsh-${host}-${randomUUID()}`);
  const set = Object.entries({ ...simulator.env(host), PATH: PROGRAM_PATH });
  const exported = set.map(([name, text]) => `export ${name}='${text}'`);
  const lines = ['#!/bin/sh', `echo $$ >> '${file}.pids'`, ...exported, `exec '${pwsh}' "$@"`];
  await writeFile(file, `${lines.join('\n')}\n`);
  await chmod(file, 0o755);
  return {
    powershell: new PowerShell({ host, executable: file, modulePath: MODULE_PATH, ...options }),
    pids: async () => (await readFile(`${file}.pids`, 'utf8')).trim().split('\n').map(Number),
  };
}
