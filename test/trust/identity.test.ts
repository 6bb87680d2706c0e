import { createHash, verify, X509Certificate } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  codeMatches,
  enrolmentCode,
  fingerprintOf,
  loadOrCreateIdentity,
} from '../../src/trust/identity.ts';
import { newKey } from './journal-fixture.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-identity-'));
});
afterEach(() => rm(directory, { recursive: true }));

describe('an identity', () => {
  it('is made at the first start and is the same at each later one', async () => {
    const home = join(directory, 'not', 'there', 'yet');
    const first = await loadOrCreateIdentity(home, 'hv-a');
    const second = await loadOrCreateIdentity(home, 'hv-a');
    expect(second).toEqual(first);
    expect(first.name).toBe('hv-a');
    expect(await readdir(home)).toEqual(['identity.json']);
    const other = await loadOrCreateIdentity(join(directory, 'b'), 'hv-a');
    expect(other.publicKey).not.toBe(first.publicKey);
  });

  it('is readable by its owner alone', async () => {
    await loadOrCreateIdentity(directory, 'hv-a');
    const { mode } = await stat(join(directory, 'identity.json'));
    if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o600);
  });

  it('has a certificate of its own key, signed by itself, that never expires', async () => {
    const identity = await loadOrCreateIdentity(directory, 'hv-ä, O=x'.repeat(20));
    const certificate = new X509Certificate(identity.certificatePem);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' });
    expect(spki.toString('base64')).toBe(identity.publicKey);
    expect(identity.fingerprint).toBe(createHash('sha256').update(spki).digest('hex'));
    expect(new Date(certificate.validTo).getUTCFullYear()).toBe(9999);
    expect(verify(null, Buffer.from('x'), certificate.publicKey, Buffer.alloc(64))).toBe(false);
  });

  it('is never replaced when its file is damaged', async () => {
    await loadOrCreateIdentity(directory, 'hv-a');
    const file = join(directory, 'identity.json');
    const text = await readFile(file, 'utf8');
    const { privateKeyPem } = JSON.parse(
      await readFile(join((await otherIdentity()).home, 'identity.json'), 'utf8'),
    );
    const swapped = JSON.stringify({ ...JSON.parse(text), privateKeyPem });
    for (const damaged of ['', '{}', text.slice(0, 80), swapped]) {
      await writeFile(file, damaged);
      await expect(loadOrCreateIdentity(directory, 'hv-a')).rejects.toMatchObject({
        code: 'identity-damaged',
        facts: { file },
      });
      expect(await readFile(file, 'utf8')).toBe(damaged);
    }
  });

  it('is never replaced when its file is there but cannot be read', async () => {
    await symlink('identity.json', join(directory, 'identity.json'));
    await expect(loadOrCreateIdentity(directory, 'hv-a')).rejects.toThrow('ELOOP');
  });

  it('does not serve under another name', async () => {
    await loadOrCreateIdentity(directory, 'hv-a');
    await expect(loadOrCreateIdentity(directory, 'hv-b')).rejects.toMatchObject({
      code: 'identity-other-name',
      facts: { name: 'hv-b', found: 'hv-a' },
    });
  });

  it('is made anew after a crash that left half a file beside it', async () => {
    await writeFile(join(directory, 'identity.json.new'), '{"name":"hv');
    const identity = await loadOrCreateIdentity(directory, 'hv-a');
    expect(await loadOrCreateIdentity(directory, 'hv-a')).toEqual(identity);
  });
});

describe('an enrolment code', () => {
  it('is the first 100 bits of the SHA-256 of the key in base32', () => {
    const key = 'MCowBQYDK2VwAyEAQT04XPZP5LJpx6et+XiLf8vlmoiA0w4LNsuGQaHsMME=';
    expect(fingerprintOf(key)).toBe(
      'e7ad3cd7b0bc91059199baf3b4e0adcecca71c97d376cce3ad3054d0e09e7f48',
    );
    // By coreutils: printf e7ad… | xxd -r -p | base32
    expect(enrolmentCode(key)).toBe('46WTZ-V5QXS-IQLEM-ZXLZ3');
  });

  it('is accepted in any case, with any spaces and dashes', () => {
    const { publicKey } = newKey();
    const code = enrolmentCode(publicKey);
    const plain = code.replaceAll('-', '');
    const spellings = [code, plain, code.toLowerCase(), ` ${code.replaceAll('-', ' – ')}\n`];
    for (const typed of spellings) expect(codeMatches(publicKey, typed)).toBe(true);
  });

  it('is refused with any one character changed, missing or more', () => {
    const { publicKey } = newKey();
    const plain = enrolmentCode(publicKey).replaceAll('-', '');
    const character = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567');
    fc.assert(
      fc.property(fc.nat(19), character, (place, other) => {
        fc.pre(plain[place] !== other);
        const without = plain.slice(0, place) + plain.slice(place + 1);
        expect(codeMatches(publicKey, without)).toBe(false);
        const changed = plain.slice(0, place) + other + plain.slice(place + 1);
        expect(codeMatches(publicKey, changed)).toBe(false);
        expect(codeMatches(publicKey, plain + other)).toBe(false);
      }),
    );
    for (const typed of ['', ' ', '-', enrolmentCode(newKey().publicKey)])
      expect(codeMatches(publicKey, typed)).toBe(false);
  });
});

async function otherIdentity() {
  const home = join(directory, 'other');
  return { home, identity: await loadOrCreateIdentity(home, 'hv-a') };
}
