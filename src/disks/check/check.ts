/** A strict look at a disk's file and at the chain that it names: all that is wrong, and where. */

import { Problem } from '../../domain/problem.ts';
import { CHAIN_FILES_MAX, expectParent, findParent, realPath } from '../chain.ts';
import { formatOf, openLayer } from '../formats.ts';
import type { DiskLayer, NamedParent } from '../layer.ts';
import { Storage } from '../storage.ts';
import { type DiskFinding, Findings, orFinding } from './findings.ts';
import { checkVhd } from './vhd.ts';
import { checkVhdx } from './vhdx.ts';

const CHECKS = { vhdx: checkVhdx, vhd: checkVhd } as const;

export interface DiskCheck {
  /** Leaf first, as far as the chain could be followed. */
  readonly files: readonly string[];
  readonly findings: readonly DiskFinding[];
  /** How many findings were too many to list. */
  readonly more: number;
  /** Warnings do not count. */
  readonly isSound: boolean;
}

/** A file that could be opened, and where it names its parent. */
interface Checked {
  readonly layer: DiskLayer;
  readonly namedAt: number;
}

/**
 * Reads all structures of every file of the chain, and no payload. Time goes with the maps, memory is
 * at most 16 MiB and one structure. A leaf that is no disk, or cannot be read at all, is a Problem.
 */
export async function checkDisk(leafPath: string): Promise<DiskCheck> {
  await using stack = new AsyncDisposableStack();
  const findings = new Findings();
  const files: string[] = [];
  const seen = new Set<string>();
  let path: string | undefined = leafPath;
  let child: Checked | undefined;
  while (path !== undefined) {
    const here: string = path;
    const open = () => Storage.open(here, 'r');
    // A leaf that is not there is a Problem; a parent that cannot be opened is damage of the chain.
    await using storage =
      child === undefined
        ? await open()
        : await orFinding(findings, { file: here, offset: 0 }, open);
    if (storage === undefined) break;
    files.push(storage.path);
    seen.add(await realPath(storage.path));
    const checked = await checkFile(storage, findings, child);
    if (checked === undefined) break;
    stack.use(checked.layer);
    checkFit(findings, child, checked.layer);
    path = await nextInChain(findings, checked, seen);
    child = checked;
  }
  const { list, more, damages } = findings;
  return { files, findings: list, more, isSound: damages === 0 };
}

/** `undefined` when it cannot be opened as a disk; then a finding says why. */
async function checkFile(
  storage: Storage,
  findings: Findings,
  child: Checked | undefined,
): Promise<Checked | undefined> {
  const { path } = storage;
  const before = findings.damages;
  const format = await formatOf(storage).catch((error: unknown) => {
    const isNoDisk = error instanceof Problem && error.code === 'disk-not-a-disk';
    if (!(error instanceof Problem) || (isNoDisk && child === undefined)) throw error;
    findings.addRefusal(error, { file: path, offset: 0 });
    return undefined;
  });
  if (format === undefined) return undefined;
  const namedAt = await CHECKS[format](storage, findings);
  // Whoever reads the disk opens it in this way: what is refused there is never sound here.
  try {
    return { layer: await openLayer(path, 'r'), namedAt };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (findings.damages === before) findings.addRefusal(error, { file: path, offset: 0 });
    return undefined;
  }
}

function checkFit(findings: Findings, child: Checked | undefined, parent: DiskLayer): void {
  const named = child?.layer.parent;
  if (child === undefined || named === undefined) return;
  try {
    expectParent(child.layer, parent, named);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    findings.addRefusal(error, { file: child.layer.path, offset: child.namedAt });
  }
}

/** Where the parent is; `undefined` at the base, and where a finding says why it goes no further. */
async function nextInChain(
  findings: Findings,
  { layer, namedAt }: Checked,
  seen: ReadonlySet<string>,
): Promise<string | undefined> {
  const { parent: named, path: file } = layer;
  if (named === undefined) return undefined;
  const found = await findParent(named);
  const say = findings.of(file);
  if (found === undefined) {
    say('disk-parent-missing', {
      offset: namedAt,
      value: named.linkages[0],
      looked: lookedAt(named),
    });
    return undefined;
  }
  const facts = { offset: namedAt, value: found, parent: found, leaf: file };
  if (seen.has(await realPath(found))) {
    say('disk-chain-loop', facts);
    return undefined;
  }
  if (seen.size < CHAIN_FILES_MAX) return found;
  say('disk-chain-too-long', { ...facts, filesMax: CHAIN_FILES_MAX });
  return undefined;
}

const lookedAt = ({ paths }: NamedParent): string => paths.join(', ');
