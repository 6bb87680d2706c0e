/** Ed25519 signatures over texts, keys and signatures in base64 with exactly one spelling each. */

import { createPublicKey, sign as signBytes, verify as verifyBytes } from 'node:crypto';
import { z } from 'zod';
import { type SignedEntry, signedText } from '../domain/journal.ts';
import type { Identity } from './identity.ts';

/** What signs: the rest of an identity is not needed. */
export type Signer = Pick<Identity, 'privateKey'>;

const SIGNATURE_BYTES = 64;
/** RFC 8410: every Ed25519 SPKI is these bytes and then the 32 of the key. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const SPKI_BYTES = SPKI_PREFIX.length + 32;

/** An Ed25519 public key, SPKI DER in base64, in the only spelling that it has. */
export const publicKeySchema = z.string().refine((text) => {
  const bytes = exactBytes(text, SPKI_BYTES);
  return bytes?.subarray(0, SPKI_PREFIX.length).equals(SPKI_PREFIX) ?? false;
}, 'Not an Ed25519 public key in base64');

/** The signature of a text, in base64. */
export function sign(signer: Signer, text: string): string {
  return signBytes(null, Buffer.from(text), signer.privateKey).toString('base64');
}

/** Whether `signature` is that of `text` by `publicKey`. False also for what is no key or signature. */
export function verify(publicKey: string, text: string, signature: string): boolean {
  const bytes = exactBytes(signature, SIGNATURE_BYTES);
  if (bytes === undefined || !publicKeySchema.safeParse(publicKey).success) return false;
  const key = createPublicKey({
    key: Buffer.from(publicKey, 'base64'),
    format: 'der',
    type: 'spki',
  });
  return verifyBytes(null, Buffer.from(text), key, bytes);
}

/** The entry with its author's signature. `entry.author` must be the role of the signer. */
export function signEntry(signer: Signer, entry: Omit<SignedEntry, 'signature'>): SignedEntry {
  return { ...entry, signature: sign(signer, signedText(entry)) };
}

/** Base64 has spare bits and spellings; accepting them would give one signature many entry hashes. */
function exactBytes(text: string, length: number): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === length && bytes.toString('base64') === text ? bytes : undefined;
}
