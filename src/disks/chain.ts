/** A disk's chain of files: the leaf, its parents, and whether they belong together. */

import { access, realpath } from 'node:fs/promises';
import { Problem, Verdict } from '../domain/problem.ts';
import type { FileIdentity } from '../domain/round.ts';
import type { DiskFile, DiskReader } from './disk.ts';
import { onFile } from './faults.ts';
import { extentsOf, type Layers, readThrough } from './layers.ts';
import { allocatedBytes } from './vhdx/allocated.ts';
import { type Locator, linkageOf, parentPaths } from './vhdx/locator.ts';
import { VhdxFile } from './vhdx/vhdx-file.ts';

/** Hyper-V calls more than 50 checkpoints excessive. */
const CHAIN_FILES_MAX = 64;

/**
 * A disk as the guest sees it, for reading. With `above`, extents are those of the layers above that
 * ancestor alone; `read` still reads through the whole chain. `unbuffered` reads past the page cache.
 */
export async function openChain(
  leafPath: string,
  { above, unbuffered = false }: { readonly above?: string; readonly unbuffered?: boolean } = {},
): Promise<DiskReader> {
  const stack = new AsyncDisposableStack();
  try {
    const layers = await openLayers(stack, leafPath, unbuffered ? 'unbuffered' : 'r');
    const considered = above === undefined ? layers : await layersAbove(layers, above);
    return readerOf(layers, considered, stack);
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

/** One file alone, its whole map checked. Its parent need not be there. */
export async function describeFile(path: string): Promise<DiskFile> {
  await using file = await VhdxFile.open(path, 'r');
  return await describe(file);
}

/** The files of a chain, leaf first, each parent being the one that its child names. */
export async function chainFiles(leafPath: string): Promise<DiskFile[]> {
  await using stack = new AsyncDisposableStack();
  const layers = await openLayers(stack, leafPath);
  const files: DiskFile[] = [];
  for (const [index, layer] of layers.entries()) {
    const parent = layers[index + 1];
    const described = await describe(layer);
    // While a merge runs, a child names two linkages: the parent's is the one that counts.
    files.push(parent === undefined ? described : { ...described, parent: identityOf(parent) });
  }
  return files;
}

/** Opens all files of a chain into `stack`, the leaf for writing when asked, its parents never. */
export async function openLayers(
  stack: AsyncDisposableStack,
  leafPath: string,
  leafAccess: 'r' | 'r+' | 'unbuffered' = 'r',
): Promise<[VhdxFile, ...VhdxFile[]]> {
  const leaf = stack.use(await VhdxFile.open(leafPath, leafAccess));
  const layers: [VhdxFile, ...VhdxFile[]] = [leaf];
  const seen = new Set([await realpath(leaf.path)]);
  let child = leaf;
  while (child.metadata.locator !== undefined) {
    const path = await findParent(child);
    if (path === undefined)
      throw new Problem('disk-parent-missing', { file: child.path, looked: namedPaths(child) });
    const real = await realpath(path);
    if (seen.has(real))
      throw new Verdict('disk-chain-loop', { file: child.path, parent: path, leaf: leaf.path });
    if (layers.length === CHAIN_FILES_MAX)
      throw new Verdict('disk-chain-too-long', { leaf: leaf.path, filesMax: CHAIN_FILES_MAX });
    const parentAccess = leafAccess === 'unbuffered' ? leafAccess : 'r';
    const parent = stack.use(await VhdxFile.open(path, parentAccess));
    expectParent(child, parent, child.metadata.locator);
    seen.add(real);
    layers.push(parent);
    child = parent;
  }
  return layers;
}

export function readerOf(
  layers: readonly [VhdxFile, ...VhdxFile[]],
  considered: Layers,
  stack: AsyncDisposableStack,
): DiskReader {
  const { virtualBytes, logicalSectorBytes, blockBytes, diskId } = layers[0].metadata;
  return {
    virtualBytes,
    logicalSectorBytes,
    blockBytes,
    diskId,
    extents: () => extentsOf(considered, virtualBytes),
    read: async (offset, into) => {
      if (offset < 0 || offset + into.length > virtualBytes)
        throw new RangeError(`${offset} + ${into.length} is not in ${virtualBytes} bytes`);
      await readThrough(layers, offset, into);
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Both as a child and its parent must be: a bit of the sector bitmap is a sector of both. */
export function expectSectors(child: VhdxFile, parent: VhdxFile): void {
  const sectorBytes = child.metadata.logicalSectorBytes;
  const parentSectorBytes = parent.metadata.logicalSectorBytes;
  if (sectorBytes === parentSectorBytes) return;
  const facts = { file: child.path, parent: parent.path, sectorBytes, parentSectorBytes };
  throw new Verdict('disk-sectors-differ', facts);
}

function expectParent(child: VhdxFile, parent: VhdxFile, locator: Locator): void {
  const { first, second } = linkageOf(locator);
  const found = parent.linkage;
  if (found !== first && found !== second) {
    const facts = { file: child.path, parent: parent.path, expected: first, found };
    throw new Verdict('disk-wrong-parent', facts);
  }
  expectSectors(child, parent);
}

const namedPaths = ({ path, metadata }: VhdxFile): string[] =>
  metadata.locator === undefined ? [] : parentPaths(path, metadata.locator);

/** The parent's file: relative to the child first, then absolute; the first that is there. */
async function findParent(child: VhdxFile): Promise<string | undefined> {
  for (const path of namedPaths(child)) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

async function layersAbove(layers: Layers, above: string): Promise<Layers> {
  const real = await onFile(above, () => realpath(above));
  for (const [index, layer] of layers.entries()) {
    if ((await realpath(layer.path)) === real) return layers.slice(0, index);
  }
  throw new Verdict('disk-not-in-chain', { leaf: layers[0]?.path ?? '', above });
}

async function describe(file: VhdxFile): Promise<DiskFile> {
  const { hasParent, leavesBlocksAllocated, locator, ...metadata } = file.metadata;
  const described: DiskFile = {
    identity: identityOf(file),
    format: 'vhdx',
    type: hasParent ? 'differencing' : leavesBlocksAllocated ? 'fixed' : 'dynamic',
    virtualBytes: metadata.virtualBytes,
    blockBytes: metadata.blockBytes,
    logicalSectorBytes: metadata.logicalSectorBytes,
    physicalSectorBytes: metadata.physicalSectorBytes,
    diskId: metadata.diskId,
    allocatedBytes: await allocatedBytes(file),
    fileBytes: file.storage.bytes,
  };
  if (locator === undefined) return described;
  const { first } = linkageOf(locator);
  // Where the parent is; when it is nowhere, where it should be.
  const path = (await findParent(file)) ?? namedPaths(file)[0] ?? '';
  return { ...described, parent: { path, linkage: first } };
}

const identityOf = (file: VhdxFile): FileIdentity => ({ path: file.path, linkage: file.linkage });
