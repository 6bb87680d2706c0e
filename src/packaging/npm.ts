/** npm, with the registry that this machine is configured for. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** What it prints. @throws with npm's own words */
export async function npm(args: readonly string[], folder: string): Promise<string> {
  // On Windows npm is a batch file, which only a shell runs; all arguments here are our own.
  const shell = process.platform === 'win32';
  const options = { cwd: folder, shell, maxBuffer: OUTPUT_BYTES_MAX };
  return (await run('npm', [...args], options)).stdout;
}
