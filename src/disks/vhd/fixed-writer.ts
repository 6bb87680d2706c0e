/** Changes the content of a fixed VHD, which is the disk itself with a footer behind it. */

import type { LayerWriter } from '../layer.ts';
import { expectWholeSectors } from '../sectors.ts';
import type { Storage } from '../storage.ts';
import { type Footer, SECTOR_BYTES } from './footer.ts';

export class FixedVhdWriter implements LayerWriter {
  readonly #storage: Storage;
  readonly #disk: { readonly virtualBytes: number; readonly logicalSectorBytes: number };
  #begun: Promise<void> | undefined;

  constructor(storage: Storage, { virtualBytes }: Footer) {
    this.#storage = storage;
    this.#disk = { virtualBytes, logicalSectorBytes: SECTOR_BYTES };
  }

  async write(offset: number, data: Uint8Array): Promise<void> {
    await this.#begin(offset, data.length);
    await this.#storage.write(offset, data);
  }

  async zero(offset: number, length: number): Promise<void> {
    await this.#begin(offset, length);
    await this.#storage.clear(offset, length);
  }

  flush(): Promise<void> {
    return this.#storage.flush();
  }

  async #begin(offset: number, length: number): Promise<void> {
    expectWholeSectors(this.#disk, offset, length);
    this.#begun ??= this.#storage.untilNextTick();
    await this.#begun;
  }
}
