/** Who a process is: its Ed25519 key pair, made at its first start, with a certificate for TLS. */

import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  timingSafeEqual,
  X509Certificate,
} from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { Problem } from '../domain/problem.ts';
import { selfSignedCertificate } from './certificate.ts';
import { isMissing, writePrivately } from './files.ts';

export interface Identity {
  /** The host's name; `bot` for the bot. */
  readonly name: string;
  /** SPKI DER in base64. */
  readonly publicKey: string;
  readonly privateKey: KeyObject;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** `fingerprintOf` the public key. */
  readonly fingerprint: string;
}

const FILE = 'identity.json';
const CODE_CHARACTERS = 20;
const GROUP_CHARACTERS = 5;
/** RFC 4648. */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

const storedSchema = z.strictObject({
  name: z.string(),
  privateKeyPem: z.string(),
  certificatePem: z.string(),
});

/**
 * The identity kept in `directory`, made when there is none. Key and certificate are one file, so
 * that no crash leaves one without the other. The caller is the only process that starts there.
 * @throws {Problem} identity-damaged | identity-other-name; never makes a new key in their place,
 * because everyone else has pinned the old one.
 */
export async function loadOrCreateIdentity(directory: string, name: string): Promise<Identity> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = join(directory, FILE);
  const text = await readIfThere(file);
  if (text !== undefined) return parseIdentity(text, { file, name });
  const { privateKey } = generateKeyPairSync('ed25519');
  const privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const certificatePem = selfSignedCertificate(name, privateKey);
  await writePrivately(file, `${JSON.stringify({ name, privateKeyPem, certificatePem })}\n`);
  return toIdentity(name, privateKeyPem, certificatePem);
}

/** SHA-256 of the SPKI in hex: what an installation pins. */
export function fingerprintOf(publicKey: string): string {
  return digestOf(publicKey).toString('hex');
}

/** What a person types to enrol a worker: 100 bits of its key's SHA-256, `ABCDE-FGHIJ-KLMNO-PQRST`. */
export function enrolmentCode(publicKey: string): string {
  const bits = BigInt(`0x${fingerprintOf(publicKey)}`);
  const characters = Array.from({ length: CODE_CHARACTERS }, (_, index) => {
    const shift = 256n - 5n * BigInt(index + 1);
    return BASE32[Number((bits >> shift) & 31n)];
  });
  const groups = characters.join('').match(new RegExp(`.{${GROUP_CHARACTERS}}`, 'g'));
  return (groups ?? []).join('-');
}

/** Whether a person typed this key's code. Case, spaces and any kind of dash do not matter. */
export function codeMatches(publicKey: string, typed: string): boolean {
  // Hashing makes both the same length, so that the comparison's time tells nothing.
  const [expected, given] = [enrolmentCode(publicKey), typed].map((code) =>
    createHash('sha256')
      .update(code.replace(/[\s\p{Pd}]/gu, '').toUpperCase())
      .digest(),
  );
  return expected !== undefined && given !== undefined && timingSafeEqual(expected, given);
}

function digestOf(publicKey: string): Buffer {
  return createHash('sha256').update(Buffer.from(publicKey, 'base64')).digest();
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function parseIdentity(text: string, { file, name }: { file: string; name: string }): Identity {
  let identity: Identity;
  try {
    const stored = storedSchema.parse(JSON.parse(text));
    identity = toIdentity(stored.name, stored.privateKeyPem, stored.certificatePem);
  } catch (cause) {
    throw new Problem('identity-damaged', { file }, { cause });
  }
  if (identity.name === name) return identity;
  throw new Problem('identity-other-name', { file, name, found: identity.name });
}

function toIdentity(name: string, privateKeyPem: string, certificatePem: string): Identity {
  const privateKey = createPrivateKey(privateKeyPem);
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('The key is not Ed25519');
  if (!new X509Certificate(certificatePem).checkPrivateKey(privateKey))
    throw new Error('The certificate belongs to another key');
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const publicKey = spki.toString('base64');
  const fingerprint = fingerprintOf(publicKey);
  return { name, publicKey, privateKey, certificatePem, privateKeyPem, fingerprint };
}
