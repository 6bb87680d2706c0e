/** The guest's talk with the witness: where it gets its record numbers and reports what is durable. */

import { witnessFile } from './layout.ts';
import { connectLines, LinkLost } from './lines.ts';
import { readJson } from './state.ts';

const REPLY_SECONDS = 5;

/** What the witness's process writes into `witness.json`. */
export interface WitnessAddress {
  readonly port: number;
  readonly pid: number;
}

export interface Hello {
  readonly vm: string;
  readonly host: string;
  /** The highest number on the guest's disks; 0 on fresh disks. */
  readonly highest: number;
  /** When it says so: all of a lab is one machine with one clock. */
  readonly at: number;
}

/** The first line is `hello`; each reply gives the number of the next record to write. */
export type WitnessRequest =
  | { readonly hello: Hello }
  | { readonly written: number; readonly at: number };
export interface WitnessReply {
  readonly next: number;
}

export interface WitnessLink {
  readonly next: number;
  /** Resolves with the next number once the witness has this one on its own disk. */
  written(number: number, at: number): Promise<number>;
  close(): void;
}

/** @throws LinkLost when the witness is away; its file is read anew each time. */
export async function connectWitness(dir: string, hello: Hello): Promise<WitnessLink> {
  const address = await readJson<WitnessAddress>(witnessFile(dir));
  if (address === undefined) throw new LinkLost('There is no witness yet');
  const client = await connectLines({ host: '127.0.0.1', port: address.port });
  const ask = async (request: WitnessRequest) => {
    const { next } = (await client.ask(request, REPLY_SECONDS)) as Partial<WitnessReply>;
    if (next === undefined) throw new LinkLost('The witness refused');
    return next;
  };
  try {
    const next = await ask({ hello });
    return { next, close: client.close, written: (number, at) => ask({ written: number, at }) };
  } catch (error) {
    client.close();
    throw error;
  }
}
