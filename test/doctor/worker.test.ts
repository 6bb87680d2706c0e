import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type Examined, examineHost, spaceFindings } from '../../src/doctor/worker.ts';
import type { Finding } from '../../src/domain/finding.ts';
import { Problem } from '../../src/domain/problem.ts';
import { listen } from '../../src/stream/link.ts';
import { signRegistration } from '../../src/trust/enrolment.ts';
import { type Identity, loadOrCreateIdentity } from '../../src/trust/identity.ts';
import { VERSION } from '../../src/version.ts';
import { closeAfterTest } from '../close-after-test.ts';
import { GIB, hostFacts } from '../preflight/facts.ts';
import { windowsSubject } from '../preflight/windows.ts';
import { storeUrl } from '../store/server.ts';
import { told } from './words.ts';

let folder = '';
let [a, b]: Identity[] = [];
const records = new Map<string, unknown>();
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ferry-doctor-'));
  [a, b] = await Promise.all(
    ['hv-a', 'hv-b'].map((name) => loadOrCreateIdentity(join(folder, name), name)),
  );
});
afterEach(() => records.clear());
afterAll(() => rm(folder, { recursive: true, force: true }));

function identityOf(one: Identity | undefined): Identity {
  if (!one) throw new Error('An identity is missing');
  return one;
}

const own = (changes: Partial<Examined> = {}): Examined => ({
  host: 'hv-a',
  state: join(folder, 'state'),
  storeUrl: storeUrl(),
  identity: identityOf(a),
  records: { get: async (key) => records.get(key) },
  facts: async () => hostFacts('hv-a'),
  look: {
    reach: async () => undefined,
    factsOf: (host) => Promise.reject(new Problem('host-away', { host })),
    reachOf: async () => undefined,
  },
  ...changes,
});

/** hv-b as it is before any migration: it knows nobody, and refuses every question. */
async function hostB(): Promise<{ port: number; close(): Promise<void> }> {
  const listening = await listen({
    identity: identityOf(b),
    host: '127.0.0.1',
    port: 0,
    isKnown: () => false,
    onStream: (socket) => socket.destroy(),
    onQuestion: (socket) => socket.destroy(),
    onRefused: () => undefined,
  });
  closeAfterTest(listening.close);
  return { port: listening.address.port, close: listening.close };
}

const registered = (identity: Identity | undefined, port: number): void => {
  const address = { host: '127.0.0.1', port };
  records.set('registrations/hv-b', signRegistration(identityOf(identity), address));
};

const reach = async (changes: Partial<Examined> = {}): Promise<Finding[]> =>
  (await examineHost(own(changes), ['hv-b'])).findings.filter(({ check }) => check === 'reach');

describe("a worker's account of itself", () => {
  it('tells its version, its machine, its store and its volumes', async () => {
    const { version, findings } = await examineHost(own(), []);
    expect(version).toBe(VERSION);
    expect(findings.map(({ check }) => check)).toEqual([
      ...['node', 'state', 'store', 'clock', 'space'],
    ]);
    told(findings);
  });

  it('reaches a host that listens with the key it registered, though it answers no question', async () => {
    registered(b, (await hostB()).port);
    const found = await reach();
    expect(told(found)).toEqual(['ok doctor-reach-ok']);
    expect(found[0]?.facts).toMatchObject({ host: 'hv-a', to: 'hv-b' });
  });

  it('does not reach a port where nobody listens, nor somebody else', async () => {
    const { port, close } = await hostB();
    registered(a, port);
    expect(told(await reach())).toEqual(['blocker doctor-reach-failed']);
    await close();
    registered(b, port);
    expect(told(await reach())).toEqual(['blocker doctor-reach-failed']);
  });

  it('does not know the way to a host that never told its address, nor without a key', async () => {
    expect(told(await reach())).toEqual(['unknown doctor-reach-unknown']);
    records.set('registrations/hv-b', { name: 'hv-b' });
    expect(told(await reach())).toEqual(['unknown doctor-reach-unknown']);
    registered(b, (await hostB()).port);
    expect(told(await reach({ identity: undefined }))).toEqual(['unknown doctor-reach-unknown']);
  });

  it('says of a Windows host what live migration needs there', async () => {
    const facts = async () => windowsSubject().source;
    const { findings } = await examineHost(own({ facts }), ['hv-b']);
    expect(told(findings)).toContain('unknown doctor-live-unknown');
  });

  it.each([
    [{ bytesFree: 101 * GIB }, 'ok doctor-space-ok'],
    [{ bytesFree: 99 * GIB }, 'warning doctor-space-low'],
    [{ bytesFree: 101 * GIB, bytesReserved: 2 * GIB }, 'warning doctor-space-low'],
    [{ bytesTotal: 40 * GIB, bytesFree: 9 * GIB }, 'warning doctor-space-low'],
    [{ bytesFree: Number.NaN }, 'unknown doctor-space-unknown'],
  ])('judges a volume of 1000 GiB with %p', (changes, expected) => {
    const facts = hostFacts('hv-a');
    const volumes = facts.volumes.map((volume) => ({ ...volume, ...changes }));
    expect(told(spaceFindings({ ...facts, volumes }))).toEqual([expected]);
  });

  it('does not know the volumes of a host that cannot be read', async () => {
    const facts = () => Promise.reject(new Problem('lab-host-missing', { folder: 'lab' }));
    const { findings } = await examineHost(own({ facts }), []);
    const found = told(findings);
    expect(found).toContain('unknown doctor-space-unknown');
    expect(found).toContain('unknown lab-host-missing');
  });
});
