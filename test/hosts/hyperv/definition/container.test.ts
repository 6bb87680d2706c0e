/** The container of a definition: what comes out is what went in, and nothing else comes out. */

import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  type Exported,
  packDefinition,
  unpackDefinition,
} from '../../../../src/hosts/hyperv/definition/container.ts';

const ID = '6f9619ff-8b86-4011-b42d-00c04fc964ff';
const AT = { host: 'hv-b', vmId: ID };
const MIB = 2 ** 20;

const exported = (more: Partial<Exported> = {}): Exported => ({
  vmId: ID,
  name: 'sql01',
  adapters: [{ name: 'Network Adapter', mac: '00155D000001', switch: 'LAN' }],
  guardians: ['AB12'],
  files: {
    vmcx: Buffer.from('configuration'),
    vmrs: Buffer.from('state'),
    vmgs: Buffer.alloc(900),
  },
  ...more,
});

const anything = fc.record({
  vmId: fc.constant(ID),
  name: fc.string({ minLength: 1, maxLength: 100 }),
  adapters: fc.array(
    fc.oneof(
      fc.record({ name: fc.string(), mac: fc.string(), switch: fc.string({ minLength: 1 }) }),
      fc.record({ name: fc.string(), mac: fc.string() }),
    ),
    { maxLength: 68 },
  ),
  guardians: fc.array(fc.string(), { maxLength: 10 }),
  files: fc.record(
    {
      vmcx: fc.uint8Array({ size: 'max', maxLength: 2000 }),
      vmrs: fc.uint8Array(),
      vmgs: fc.uint8Array(),
    },
    { requiredKeys: ['vmcx', 'vmrs'] },
  ),
});

/** As `packDefinition` writes it, of anything. */
function container({ header, content = '', version = 1 }: Crafted): Buffer {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const numbers = Buffer.alloc(8);
  numbers.writeUInt32BE(version);
  numbers.writeUInt32BE(json.length, 4);
  const body = gzipSync(Buffer.concat([numbers.subarray(4), json, Buffer.from(content)]), {
    level: 1,
  });
  const hash = createHash('sha256').update(body).digest();
  return Buffer.concat([Buffer.from('FERRYDEF'), numbers.subarray(0, 4), hash, body]);
}

interface Crafted {
  readonly header: unknown;
  readonly content?: string | Buffer;
  readonly version?: number;
}

const HEADER = {
  vmId: ID,
  name: 'sql01',
  adapters: [],
  guardians: [],
  files: { vmcx: 2, vmrs: 1 },
};
const unreadable = expect.objectContaining({
  name: 'Problem',
  code: 'definition-unreadable',
  facts: { host: 'hv-b', vm: ID },
});
const refuses = (bytes: Uint8Array) =>
  expect(() => unpackDefinition(AT, bytes)).toThrow(unreadable);

describe('a definition on its way', () => {
  it('comes out as it went in', () => {
    fc.assert(
      fc.property(anything, (given) => {
        const { files, ...about } = unpackDefinition(AT, packDefinition('hv-a', given));
        const bytes = Object.entries(files).map(([kind, file]) => [kind, Buffer.from(file)]);
        const before = Object.entries(given.files).map(([kind, file]) => [kind, Buffer.from(file)]);
        expect({ ...about, files: Object.fromEntries(bytes) }).toEqual({
          ...given,
          files: Object.fromEntries(before),
        });
      }),
      { numRuns: 30 },
    );
  });

  it('is refused whichever byte of it is another one', () => {
    const whole = packDefinition('hv-a', exported());
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = Buffer.from(whole);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        refuses(damaged);
      }),
      { numRuns: 200 },
    );
  });

  it('is refused wherever it is cut, and with anything behind it', () => {
    const whole = Buffer.from(packDefinition('hv-a', exported()));
    for (let length = 0; length < whole.length; length += 1) refuses(whole.subarray(0, length));
    refuses(Buffer.concat([whole, Buffer.from([0])]));
  });

  it('is refused as what it never was', () => {
    fc.assert(fc.property(fc.uint8Array({ size: 'max', maxLength: 20_000 }), refuses), {
      numRuns: 100,
    });
  });

  it('is read when it was made by hand as it should be', () => {
    const { files } = unpackDefinition(AT, container({ header: HEADER, content: 'abc' }));
    expect(Object.keys(files)).toEqual(['vmcx', 'vmrs']);
    expect(Buffer.from(files.vmrs ?? []).toString()).toBe('c');
  });

  it.each<[string, Crafted]>([
    ['of a version to come', { header: HEADER, content: 'abc', version: 2 }],
    ['with a byte too many', { header: HEADER, content: 'abcd' }],
    ['with a byte too few', { header: HEADER, content: 'ab' }],
    ['without the runtime state', { header: { ...HEADER, files: { vmcx: 3 } }, content: 'abc' }],
    [
      'with a path for a file',
      { header: { ...HEADER, files: { ...HEADER.files, '../x': 0 } }, content: 'abc' },
    ],
    [
      'with a file larger than any',
      {
        header: { ...HEADER, files: { vmcx: 17 * MIB, vmrs: 0 } },
        content: Buffer.alloc(17 * MIB),
      },
    ],
    ['with more than files can have', { header: HEADER, content: Buffer.alloc(82 * MIB) }],
    [
      'with a header that is too long',
      { header: ' '.repeat(2 * MIB) + JSON.stringify(HEADER), content: 'abc' },
    ],
    ['with a header that is none', { header: '{', content: 'abc' }],
    [
      'of another VM',
      { header: { ...HEADER, vmId: '00000000-0000-4000-8000-000000000001' }, content: 'abc' },
    ],
    ['with an Id that is a path', { header: { ...HEADER, vmId: '..\\..\\x' }, content: 'abc' }],
  ])('is refused %s', (_, crafted) => {
    refuses(container(crafted));
  });

  it('carries no file that is larger than Windows makes them', () => {
    const files = { vmcx: Buffer.alloc(16 * MIB + 1), vmrs: Buffer.alloc(0) };
    expect(() => packDefinition('hv-a', exported({ files }))).toThrow(
      expect.objectContaining({ code: 'definition-too-large' }),
    );
  });

  it('is small enough for one question though a guest state is 4 MiB, most of it empty', () => {
    const guest = Buffer.alloc(4 * MIB);
    for (let at = 0; at < MIB / 4; at += 1) guest[at] = (at * 2654435761) >>> 24;
    const files = {
      vmcx: Buffer.alloc(100_000, 'configuration'),
      vmrs: Buffer.alloc(50_000),
      vmgs: guest,
    };
    expect(packDefinition('hv-a', exported({ files })).length).toBeLessThan(700_000);
  });
});
