/** Merging a child into its parent, and giving a child another parent. */

import { realpath } from 'node:fs/promises';
import { Verdict } from '../domain/problem.ts';
import { expectAlike, openLayers, readerOf } from './chain.ts';
import { openLayer } from './formats.ts';
import type { DiskLayer, LayerWriter } from './layer.ts';
import { piecesOf } from './pieces.ts';

/**
 * Writes what the child itself holds into its parent. The child stays, and belongs to the parent as
 * it is then; other children of the parent no longer do. Running it again changes nothing that reads.
 */
export async function mergeIntoParent(childPath: string): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const layers = await openLayers(stack, childPath, 'r+');
  const [child, named] = layers;
  if (named === undefined) throw new Verdict('disk-has-no-parent', { file: child.path });
  const parent = stack.use(await openLayer(named.path, 'r+'));
  expectSameSize(child, parent);
  const merge = await child.beginMerge(parent);
  await copyContent(child, merge.writer);
  await merge.end();
}

/** Makes the child name another parent, by path and by the linkage that this parent has now. */
export async function reparent(childPath: string, parentPath: string): Promise<void> {
  await using child = await openLayer(childPath, 'r+');
  if (child.parent === undefined) throw new Verdict('disk-has-no-parent', { file: child.path });
  await using stack = new AsyncDisposableStack();
  const [parent, ...ancestors] = await openLayers(stack, parentPath);
  const childFile = await realpath(child.path);
  for (const { path } of [parent, ...ancestors]) {
    if ((await realpath(path)) === childFile)
      throw new Verdict('disk-chain-loop', { file: child.path, parent: path, leaf: child.path });
  }
  expectAlike(child, parent);
  expectSameSize(child, parent);
  await child.nameParent(parent);
}

async function copyContent(child: DiskLayer, writer: LayerWriter): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const reader = readerOf([child], [child], stack);
  for await (const extent of reader.extents()) {
    if (extent.kind === 'zero') await writer.zero(extent.offset, extent.length);
    else
      for await (const { offset, bytes } of piecesOf(reader, extent))
        await writer.write(offset, bytes);
  }
  await writer.flush();
}

function expectSameSize(child: DiskLayer, parent: DiskLayer): void {
  const virtualBytes = child.shape.virtualBytes;
  const parentVirtualBytes = parent.shape.virtualBytes;
  if (virtualBytes === parentVirtualBytes) return;
  const facts = { file: child.path, parent: parent.path, virtualBytes, parentVirtualBytes };
  throw new Verdict('disk-sizes-differ', facts);
}
