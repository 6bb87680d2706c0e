/** The edge rules of the facts sheet, section G: each is held by a test that bears its number. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';

const TESTS = join(import.meta.dirname, '../..');

const RULES: Readonly<Record<string, string>> = {
  'G.1':
    'unknown MessageId: blocker; 40010 of a DvdDrive: ejectable; 40010 of a HardDiskDrive: blocker',
  'G.2': 'a job that Completed, with the VM at both, none or the source only: each another verdict',
  'G.3': 'localised hosts: match by code or by the type of Source',
  'G.4': 'what 2012 lacks is not applicable, not failed',
  'G.5': 'Speed in bits with Status Up, never the text LinkSpeed; a card that is down says nothing',
  'G.6': 'VM names are not unique: use the Id',
  'G.7': 'delegation needs the short and the full names, in whatever letters',
  'G.8': 'drain fit counts MemoryStartup of VMs that are off only if they will be started',
  'G.9': 'a cancel after the final switch: the job is not Cancellable, and that is said',
  'G.10': 'MAC addresses come without separators',
  'G.11': 'names with quotes, $ and [ ]: data is JSON, never part of a command',
  'G.12': 'sizes are 64-bit integers; the largest disk and sums fit a number',
  'G.13': 'dates of ConvertTo-Json in 5.1 are /Date(...)/',
  'G.14': 'a restarted worker finds its running job again',
};

/** Rules of what is not built yet. */
const LATER: Readonly<Record<string, string>> = {
  'G.8': 'emptying a host comes with issue 8',
};

/** In what a test is called: at the start of a line, after `it(` or the like. */
const NUMBER = /^\s*(?:(?:it|test|describe)\b[^'"`\n]*)?['"`][^'"`\n]*?\bG\.(\d+)\b/gm;

it('each has a test, but for what is not built yet', async () => {
  const found = new Set<string>();
  for (const path of await readdir(TESTS, { recursive: true })) {
    if (!path.endsWith('.ts') || path.endsWith('edge-rules.test.ts')) continue;
    const text = await readFile(join(TESTS, path), 'utf8');
    for (const [, number] of text.matchAll(NUMBER)) found.add(`G.${number}`);
  }
  const without = Object.keys(RULES).filter((rule) => !found.has(rule));
  expect(without).toEqual(Object.keys(LATER));
  expect([...found].filter((rule) => !(rule in RULES))).toEqual([]);
});
