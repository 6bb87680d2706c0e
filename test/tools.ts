/** Programs that a suite needs and that not every machine has. */

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from '@jest/globals';

/** What to install for each; Debian's package where it has one. */
const PACKAGES: Readonly<Record<string, string>> = {
  chromium: 'chromium',
  pwsh: 'PowerShell 7',
  'qemu-img': 'qemu-utils',
  'qemu-io': 'qemu-utils',
};

/**
 * The tool's path. Where it is missing the suite has one test that says so and `undefined` is
 * returned; with the tool's name in FERRY_REQUIRE (comma separated) a missing tool is an error.
 */
export function requireTool(name: string): string | undefined {
  const path = findTool(name);
  if (path !== undefined) return path;
  const line = `not run here: ${name} is missing (install ${PACKAGES[name] ?? name})`;
  if ((process.env.FERRY_REQUIRE ?? '').split(',').includes(name)) throw new Error(line);
  test(line, () => {
    process.stderr.write(`${line}\n`);
  });
  return undefined;
}

function findTool(name: string): string | undefined {
  // CHROMIUM_PATH for one that is not in the PATH, or has another name.
  const named = process.env[`${name.toUpperCase().replaceAll('-', '_')}_PATH`];
  if (named) return named;
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, file);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not in this folder; the next one may have it.
    }
  }
  return undefined;
}
