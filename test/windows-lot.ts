/**
 * Which suites of PowerShell a run of CI has: all the quick ones, and of those that take half a minute
 * and longer one of each few that are about as long. `npm run windows` by itself runs all of them.
 * Jest loads this by its option `--filter`.
 */

import { drawn, SEED } from './lot.ts';

/** Longest first, so that each draw takes about as long. */
const ALIKE = [
  ['hosts/hyperv/contract', 'hosts/hyperv/rounds/merging'],
  ['whole/stream', 'whole/live-kills'],
  ['hosts/hyperv/trial', 'docs/by-hand'],
  ['hosts/hyperv/streaming', 'hosts/hyperv/cutover'],
  ['whole/stream-faults-1', 'whole/stream-faults-2'],
  ['hosts/hyperv/live', 'hosts/hyperv/rounds/rounds'],
  ['whole/live', 'packaging/worker/install', 'whole/align'],
  ['hosts/hyperv/releases/releases', 'hosts/hyperv/definition/definition'],
  ['hosts/hyperv/releases/old-host', 'hosts/hyperv/live-carrying'],
  ['hosts/hyperv/live-ways', 'hosts/hyperv/releases/mixed'],
] as const;

/** @throws {Error} when a suite that is drawn for is not there: it was renamed */
function onlyDrawn(paths: readonly string[]): { filtered: string[] } {
  const pathOf = (suite: string): string => {
    const path = paths.find((one) =>
      one.replaceAll('\\', '/').endsWith(`/test/${suite}.windows.ts`),
    );
    if (path === undefined) throw new Error(`There is no suite ${suite} to draw`);
    return path;
  };
  const lots = ALIKE.map((some) => some.map((suite) => ({ name: suite, path: pathOf(suite) })));
  const taken = new Set(lots.flatMap((some) => drawn(some, 1)).map(({ path }) => path));
  const left = lots.flat().filter(({ path }) => !taken.has(path));
  process.stdout.write(`Not drawn (SEED=${SEED}): ${left.map(({ name }) => name).join(', ')}\n`);
  const leftPaths = new Set(left.map(({ path }) => path));
  return { filtered: paths.filter((path) => !leftPaths.has(path)) };
}

// Jest asks for it by `require`.
export { onlyDrawn as 'module.exports' };
