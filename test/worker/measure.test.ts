import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { measureLink } from '../../src/stream/measure.ts';
import { ask } from '../../src/stream/questions.ts';
import { enrol } from '../../src/trust/enrolment.ts';
import { enrolmentCode, type Identity } from '../../src/trust/identity.ts';
import { enrolledHosts } from '../../src/worker/enrolled.ts';
import { measureFrom } from '../../src/worker/measure.ts';
import { codeOf } from '../bot/world.ts';
import { type AnsweringHost, answering, type Parties, parties } from './parties.ts';

let both: Parties;
let source: AnsweringHost;
beforeEach(async () => {
  both = await parties();
  source = await answering(both, both.source, { enrolled: [both.target] });
  // What other questions do first: this worker has no operation of its own.
  await source.memory.remember('m1', both.entries());
});
afterEach(async () => {
  await source[Symbol.asyncDispose]();
  await both[Symbol.asyncDispose]();
});

const peer = () => ({ address: source.listening.address, publicKey: both.source.publicKey });
const measured = (identity: Identity) => measureLink({ identity, peer: peer(), timeoutSeconds: 5 });

function recordsOf(values: Readonly<Record<string, unknown>>) {
  return {
    get: async (key: string) => values[key],
    keys: async (prefix: string) => Object.keys(values).filter((key) => key.startsWith(prefix)),
    put: async () => undefined,
    remove: async () => undefined,
    compareAndSet: async () => false,
  };
}

const enrolment = (host: Identity, registration: unknown, bot = both.bot) =>
  enrol({
    name: host.name,
    typedCode: enrolmentCode(host.publicKey),
    registration,
    enrolledBy: 'U1',
    at: 1,
    bot,
  });

describe('the link to the source', () => {
  it('is measured over mutual TLS', async () => {
    expect(await measured(both.target)).toBeGreaterThan(0);
  });

  it('is measured again and again, and other questions are answered between', async () => {
    for (let time = 0; time < 3; time += 1) {
      expect(await measured(both.target)).toBeGreaterThan(0);
      const question = { identity: both.target, peer: peer(), timeoutSeconds: 5 };
      expect(await codeOf(ask(question, 'facts', { operation: '../m1' }))).toBe(
        'question-malformed',
      );
    }
    expect(source.bugs).toEqual([]);
  });

  it('is not measured by a host that nobody enrolled', async () => {
    expect(await codeOf(measured(both.stranger))).toMatch(/^peer-/);
  });

  it('is measured by few at once: the others are told so', async () => {
    const all = await Promise.allSettled(Array.from({ length: 6 }, () => measured(both.target)));
    const codes = all.map((one) => (one.status === 'rejected' ? one.reason.code : 'measured'));
    expect(codes).toContain('measured');
    expect(new Set(codes)).not.toContain('peer-hung-up');
    // Whoever was refused is not counted for ever.
    expect(await measured(both.target)).toBeGreaterThan(0);
  });
});

describe('a measurement that the bot asks for', () => {
  const own = (values: Readonly<Record<string, unknown>>) => ({
    identity: both.target,
    records: recordsOf(values),
    addresses: join(both.directory, 'addresses'),
    botFingerprint: both.bot.fingerprint,
  });
  const stored = (bot = both.bot) => ({
    bot: { publicKey: both.bot.publicKey },
    'registrations/hv-a': source.registration,
    'enrolments/hv-a': enrolment(both.source, source.registration, bot),
  });

  it('finds the source by its enrolment and registration', async () => {
    expect(await measureFrom(own(stored()), 'hv-a')).toBeGreaterThan(0);
  });

  it('is refused for a host that the pinned bot did not enrol', async () => {
    for (const values of [
      {},
      { ...stored(), bot: { publicKey: both.stranger.publicKey } },
      stored(both.stranger),
      { ...stored(), bot: 'nonsense' },
    ]) {
      expect(await codeOf(measureFrom(own(values), 'hv-a'))).toBe('host-not-enrolled');
    }
    expect(await codeOf(measureFrom(own(stored()), 'hv-b'))).toBe('host-not-enrolled');
  });

  it('says that the source cannot be reached', async () => {
    await source[Symbol.asyncDispose]();
    expect(await codeOf(measureFrom(own(stored()), 'hv-a'))).toBe('peer-unreachable');
  });

  it('believes no enrolment under another name', async () => {
    const { 'enrolments/hv-a': moved, ...rest } = stored();
    const values = { ...rest, 'enrolments/hv-b': moved, 'enrolments/hv-c': 7 };
    expect(
      await enrolledHosts({
        records: recordsOf(values),
        botFingerprint: both.bot.fingerprint,
      }),
    ).toEqual([]);
  });
});
