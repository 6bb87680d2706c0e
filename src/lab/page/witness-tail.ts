/** The witness's log as it grows: only what is new is read. */

import { open } from 'node:fs/promises';
import { type WitnessLine, WitnessTally, witnessLogFile } from '../witness-log.ts';

const CHUNK_BYTES = 1024 * 1024;

export class WitnessTail {
  readonly #path: string;
  #tally = new WitnessTally();
  #offset = 0;
  /** The start of a line whose end is not yet written. */
  #rest = '';

  constructor(directory: string) {
    this.#path = witnessLogFile(directory);
  }

  get tally(): WitnessTally {
    return this.#tally;
  }

  /** Reads to the file's end; a file that is not there yet says nothing. */
  async read(): Promise<void> {
    await using file = await open(this.#path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (!file) return;
    const { size } = await file.stat();
    const chunk = Buffer.alloc(CHUNK_BYTES);
    while (this.#offset < size) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, this.#offset);
      if (bytesRead === 0) return;
      this.#offset += bytesRead;
      // Every line is ASCII but for names, and a cut name belongs to a cut line.
      this.#take(chunk.toString('utf8', 0, bytesRead));
    }
  }

  #take(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) {
      // A witness that was killed leaves a line without its end; the next one ends it.
      if (line.endsWith('}')) this.#tally.add(JSON.parse(line) as WitnessLine);
    }
  }
}
