/** A disk that is written: changes go to the leaf, reads go through the whole chain. */

import { openLayers, readerOf } from './chain.ts';
import type { DiskWriter } from './disk.ts';

/**
 * Opens a base or the leaf of a chain for writing; its parents stay as they are. The leaf's linkage
 * changes with the first write, also when what is written is what was there.
 */
export async function openForWriting(leafPath: string): Promise<DiskWriter> {
  const stack = new AsyncDisposableStack();
  try {
    const layers = await openLayers(stack, leafPath, 'r+');
    const writer = layers[0].writer();
    return {
      ...readerOf(layers, layers, stack),
      write: (offset, data) => writer.write(offset, data),
      zero: (offset, length) => writer.zero(offset, length),
      flush: () => writer.flush(),
    };
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}
