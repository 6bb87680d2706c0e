/**
 * Merging a child into its parent, and giving a child another parent.
 *
 * Writing to the parent changes its linkage, so a merge first says to the child which linkage the
 * parent will have: `parent_linkage2` ([MS-VHDX] 2.6.2.6.3), flushed before the parent is touched.
 * From there to the end the child belongs to its parent under either, so after a kill the chain still
 * reads as before (the child hides what was merged already) and the merge may be run again.
 */

import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { Verdict } from '../domain/problem.ts';
import { expectSectors, openLayers, readerOf } from './chain.ts';
import { piecesOf } from './pieces.ts';
import { linkageOf, locatorFor, withLinkage } from './vhdx/locator.ts';
import { VhdxFile } from './vhdx/vhdx-file.ts';
import { VhdxWriter } from './vhdx/vhdx-writer.ts';

/**
 * Writes what the child itself holds into its parent. The child stays, and belongs to the parent as
 * it is then; other children of the parent no longer do. Running it again changes nothing that reads.
 */
export async function mergeIntoParent(childPath: string): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const layers = await openLayers(stack, childPath, 'r+');
  const [child, named] = layers;
  const locator = child.metadata.locator;
  if (named === undefined || locator === undefined)
    throw new Verdict('disk-has-no-parent', { file: child.path });
  const parent = stack.use(await VhdxFile.open(named.path, 'r+'));
  expectSameSize(child, parent);
  const { first, second } = linkageOf(locator);
  const isBegun = parent.linkage === second && second !== first;
  const linkage = isBegun ? second : randomUUID();
  if (!isBegun)
    await child.writeLocator(withLinkage(locator, { first: parent.linkage, second: linkage }));
  await copyContent(child, new VhdxWriter(parent, linkage));
  await child.writeLocator(withLinkage(locator, { first: linkage }));
}

/** Makes the child name another parent, by path and by the linkage that this parent has now. */
export async function reparent(childPath: string, parentPath: string): Promise<void> {
  await using child = await VhdxFile.open(childPath, 'r+');
  if (!child.metadata.hasParent) throw new Verdict('disk-has-no-parent', { file: child.path });
  await using stack = new AsyncDisposableStack();
  const [parent, ...ancestors] = await openLayers(stack, parentPath);
  const childFile = await realpath(child.path);
  for (const { path } of [parent, ...ancestors]) {
    if ((await realpath(path)) === childFile)
      throw new Verdict('disk-chain-loop', { file: child.path, parent: path, leaf: child.path });
  }
  expectSectors(child, parent);
  expectSameSize(child, parent);
  await child.writeLocator(locatorFor(child.path, parent));
}

async function copyContent(child: VhdxFile, writer: VhdxWriter): Promise<void> {
  await writer.begin();
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

function expectSameSize(child: VhdxFile, parent: VhdxFile): void {
  const virtualBytes = child.metadata.virtualBytes;
  const parentVirtualBytes = parent.metadata.virtualBytes;
  if (virtualBytes === parentVirtualBytes) return;
  const facts = { file: child.path, parent: parent.path, virtualBytes, parentVirtualBytes };
  throw new Verdict('disk-sizes-differ', facts);
}
