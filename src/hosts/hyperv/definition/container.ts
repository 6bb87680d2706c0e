/**
 * A VM's definition on its way: Windows' own files, and what they do not say once the VM is fenced.
 * Nothing in it is a path, and a file is named by its kind alone: the receiver chooses where it lies.
 *
 * `FERRYDEF` | version (uint32) | SHA-256 of the body | the body, compressed by gzip:
 * length of the header (uint32) | header (JSON) | the files in the order of `KINDS`. Numbers are big-endian.
 */

import { createHash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';
import { Problem } from '../../../domain/problem.ts';

/** What Hyper-V writes of a VM: configuration, runtime state, guest state (UEFI variables, virtual TPM). */
export const KINDS = ['vmcx', 'vmrs', 'vmgs'] as const;
export type Kind = (typeof KINDS)[number];

const MIB = 2 ** 20;
/** Configurations have some 100 KiB, guest states 4 MiB; the runtime state of a VM that is off is small. */
const BYTES_MAX: Readonly<Record<Kind, number>> = {
  vmcx: 16 * MIB,
  vmrs: 32 * MIB,
  vmgs: 32 * MIB,
};
const HEADER_BYTES_MAX = MIB;
const BODY_BYTES_MAX = 4 + HEADER_BYTES_MAX + BYTES_MAX.vmcx + BYTES_MAX.vmrs + BYTES_MAX.vmgs;
/** Compressed; base64 of it goes to the other host as one question. */
export const CONTAINER_BYTES_MAX = 64 * MIB;

const MAGIC = Buffer.from('FERRYDEF');
const VERSION = 1;
const HASH = { offset: MAGIC.length + 4, length: 32 } as const;
const BODY_OFFSET = HASH.offset + HASH.length;

/** Hyper-V's own limits: 68 adapters; names have 100 characters. */
const ADAPTERS_MAX = 68;
const GUARDIANS_MAX = 100;
const TEXT_MAX = 4096;
const text = z.string().max(TEXT_MAX);
const length = (kind: Kind) => z.int().nonnegative().max(BYTES_MAX[kind]);

const headerSchema = z.strictObject({
  vmId: z.uuid(),
  name: text.min(1),
  /** With the switch that each is connected to when the VM is not fenced. */
  adapters: z
    .array(z.strictObject({ name: text, mac: text, switch: text.min(1).exactOptional() }))
    .max(ADAPTERS_MAX),
  /** Thumbprints of those of whom one must be known where a virtual TPM is to be opened; else empty. */
  guardians: z.array(text).max(GUARDIANS_MAX),
  files: z.strictObject({
    vmcx: length('vmcx'),
    vmrs: length('vmrs'),
    vmgs: length('vmgs').exactOptional(),
  }),
});

type Header = z.infer<typeof headerSchema>;
export type Adapter = Header['adapters'][number];

export interface Exported extends Omit<Header, 'files'> {
  readonly files: Readonly<Partial<Record<Kind, Uint8Array>>>;
}

/** Where it is read, for the words of its Problem. */
export interface At {
  readonly host: string;
  readonly vmId: string;
}

/** @throws Problem `definition-too-large`, and for what Windows never writes an Error */
export function packDefinition(host: string, { files, ...about }: Exported): Uint8Array {
  const present = KINDS.flatMap((kind) => {
    const bytes = files[kind];
    return bytes === undefined ? [] : [{ kind, bytes }];
  });
  for (const { kind, bytes } of present) {
    if (bytes.length > BYTES_MAX[kind]) throw tooLarge(host, about.vmId, bytes.length);
  }
  const lengths = Object.fromEntries(present.map(({ kind, bytes }) => [kind, bytes.length]));
  const header = headerSchema.parse({ ...about, files: lengths });
  const json = Buffer.from(JSON.stringify(header));
  if (json.length > HEADER_BYTES_MAX) throw tooLarge(host, about.vmId, json.length);
  const parts = [uint32(json.length), json, ...present.map(({ bytes }) => bytes)];
  const body = gzipSync(Buffer.concat(parts));
  const whole = Buffer.concat([MAGIC, uint32(VERSION), sha256(body), body]);
  if (whole.length > CONTAINER_BYTES_MAX) throw tooLarge(host, about.vmId, whole.length);
  return whole;
}

/** @throws Problem `definition-unreadable` for whatever is not as it was packed, or of another VM */
export function unpackDefinition({ host, vmId }: At, bytes: Uint8Array): Exported {
  try {
    const exported = unpacked(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    if (exported.vmId === vmId) return exported;
    throw new Error(`It is the definition of ${exported.vmId}`);
  } catch (cause) {
    throw new Problem('definition-unreadable', { host, vm: vmId }, { cause });
  }
}

function unpacked(whole: Buffer): Exported {
  if (whole.length > CONTAINER_BYTES_MAX) throw new Error(`It has ${whole.length} bytes`);
  if (!whole.subarray(0, MAGIC.length).equals(MAGIC)) throw new Error('It is no definition');
  const version = whole.readUInt32BE(MAGIC.length);
  if (version !== VERSION) throw new Error(`It is of version ${version}`);
  const compressed = whole.subarray(BODY_OFFSET);
  const expected = whole.subarray(HASH.offset, BODY_OFFSET);
  if (!sha256(compressed).equals(expected)) throw new Error('It is damaged');
  const body = gunzipSync(compressed, { maxOutputLength: BODY_BYTES_MAX });
  const headerLength = body.readUInt32BE(0);
  if (headerLength > HEADER_BYTES_MAX) throw new Error(`Its header has ${headerLength} bytes`);
  const json = body.subarray(4, 4 + headerLength).toString('utf8');
  const { files: lengths, ...about } = headerSchema.parse(JSON.parse(json));
  let at = 4 + headerLength;
  const files: Partial<Record<Kind, Uint8Array>> = {};
  for (const kind of KINDS) {
    const bytes = lengths[kind];
    if (bytes === undefined) continue;
    files[kind] = body.subarray(at, at + bytes);
    at += bytes;
  }
  if (at !== body.length) throw new Error(`Its files have ${at} bytes, and it has ${body.length}`);
  return { ...about, files };
}

function tooLarge(host: string, vmId: string, bytes: number): Problem {
  return new Problem('definition-too-large', { host, vm: vmId, bytes });
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();
