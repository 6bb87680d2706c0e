/** A disk's chain of files: the leaf, its parents, and whether they belong together. */

import { access, realpath } from 'node:fs/promises';
import { Problem, Verdict } from '../domain/problem.ts';
import type { DiskFile, DiskReader } from './disk.ts';
import { onFile } from './faults.ts';
import { openLayer } from './formats.ts';
import type { DiskLayer, NamedParent } from './layer.ts';
import { extentsOf, type Layers, readThrough } from './layers.ts';

/** Hyper-V calls more than 50 checkpoints excessive. */
export const CHAIN_FILES_MAX = 64;

export interface ChainReader extends DiskReader {
  /** What is read next is read from the files anew, their maps too: others may have changed them. */
  forget(): void;
}

/**
 * A disk as the guest sees it, for reading. With `above`, extents are those of the layers above that
 * ancestor alone; `read` still reads through the whole chain. `unbuffered` reads past the page cache.
 */
export async function openChain(
  leafPath: string,
  { above, unbuffered = false }: { readonly above?: string; readonly unbuffered?: boolean } = {},
): Promise<ChainReader> {
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
  await using file = await openLayer(path, 'r');
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
    files.push(
      parent === undefined ? described : { ...described, parent: await parent.identity() },
    );
  }
  return files;
}

/** Opens all files of a chain into `stack`, the leaf for writing when asked, its parents never. */
export async function openLayers(
  stack: AsyncDisposableStack,
  leafPath: string,
  leafAccess: 'r' | 'r+' | 'unbuffered' = 'r',
): Promise<[DiskLayer, ...DiskLayer[]]> {
  const leaf = stack.use(await openLayer(leafPath, leafAccess));
  const layers: [DiskLayer, ...DiskLayer[]] = [leaf];
  const seen = new Set([await realPath(leaf.path)]);
  let child = leaf;
  for (let named = child.parent; named !== undefined; named = child.parent) {
    const path = await findParent(named);
    if (path === undefined)
      throw new Problem('disk-parent-missing', { file: child.path, looked: named.paths });
    const real = await realPath(path);
    if (seen.has(real))
      throw new Verdict('disk-chain-loop', { file: child.path, parent: path, leaf: leaf.path });
    if (layers.length === CHAIN_FILES_MAX)
      throw new Verdict('disk-chain-too-long', { leaf: leaf.path, filesMax: CHAIN_FILES_MAX });
    const parentAccess = leafAccess === 'unbuffered' ? leafAccess : 'r';
    const parent = stack.use(await openLayer(path, parentAccess));
    expectParent(child, parent, named);
    seen.add(real);
    layers.push(parent);
    child = parent;
  }
  return layers;
}

export function readerOf(
  layers: readonly [DiskLayer, ...DiskLayer[]],
  considered: Layers,
  stack: AsyncDisposableStack,
): ChainReader {
  const { virtualBytes, logicalSectorBytes, blockBytes } = layers[0].shape;
  const base = layers.at(-1) ?? layers[0];
  return {
    virtualBytes,
    logicalSectorBytes,
    blockBytes,
    // Children of a VHD have ids of their own.
    diskId: base.shape.diskId,
    base: {
      format: base.format,
      type: base.type === 'fixed' ? 'fixed' : 'dynamic',
      blockBytes: base.shape.blockBytes,
      physicalSectorBytes: base.shape.physicalSectorBytes,
    },
    extents: () => extentsOf(considered, virtualBytes),
    read: async (offset, into) => {
      if (offset < 0 || offset + into.length > virtualBytes)
        throw new RangeError(`${offset} + ${into.length} is not in ${virtualBytes} bytes`);
      await readThrough(layers, offset, into);
    },
    forget: () => {
      for (const { storage } of layers) storage.forget();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** As a child and its parent must be: Hyper-V has no chain of two formats, and sectors are of both. */
export function expectAlike(child: DiskLayer, parent: DiskLayer): void {
  const files = { file: child.path, parent: parent.path };
  const { format } = child;
  const { format: parentFormat } = parent;
  if (format !== parentFormat)
    throw new Verdict('disk-formats-differ', { ...files, format, parentFormat });
  const sectorBytes = child.shape.logicalSectorBytes;
  const parentSectorBytes = parent.shape.logicalSectorBytes;
  if (sectorBytes === parentSectorBytes) return;
  throw new Verdict('disk-sectors-differ', { ...files, sectorBytes, parentSectorBytes });
}

export function expectParent(child: DiskLayer, parent: DiskLayer, { linkages }: NamedParent): void {
  expectAlike(child, parent);
  const found = parent.linkage;
  if (linkages.includes(found)) return;
  const facts = { file: child.path, parent: parent.path, expected: linkages[0], found };
  throw new Verdict('disk-wrong-parent', facts);
}

/** The parent's file: relative to the child first, then absolute; the first that is there. */
export async function findParent({ paths }: NamedParent): Promise<string | undefined> {
  for (const path of paths) {
    const isThere = await access(path).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return undefined;
}

async function layersAbove(layers: Layers, above: string): Promise<Layers> {
  const real = await realPath(above);
  for (const [index, layer] of layers.entries()) {
    if ((await realPath(layer.path)) === real) return layers.slice(0, index);
  }
  throw new Verdict('disk-not-in-chain', { leaf: layers[0]?.path ?? '', above });
}

async function describe(file: DiskLayer): Promise<DiskFile> {
  const described: DiskFile = {
    identity: await file.identity(),
    format: file.format,
    type: file.type,
    ...shapeOf(file),
    allocatedBytes: await file.allocatedBytes(),
    fileBytes: file.storage.bytes,
  };
  if (file.parent === undefined) return described;
  const found = await findParent(file.parent);
  const parent = await file.parentIdentity(found);
  // When it is nowhere, where it should be.
  return { ...described, parent: { ...parent, path: found ?? file.parent.paths[0] ?? '' } };
}

const shapeOf = ({ shape }: DiskLayer) => ({
  virtualBytes: shape.virtualBytes,
  blockBytes: shape.blockBytes,
  logicalSectorBytes: shape.logicalSectorBytes,
  physicalSectorBytes: shape.physicalSectorBytes,
  diskId: shape.diskId,
});

/** A file may go while its chain is read. */
export const realPath = (path: string): Promise<string> => onFile(path, () => realpath(path));
