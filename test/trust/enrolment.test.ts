import { describe, expect, it } from '@jest/globals';
import {
  type Enrolment,
  enrol,
  type Registration,
  signEnrolment,
  signRegistration,
  verifyEnrolment,
  verifyRegistration,
} from '../../src/trust/enrolment.ts';
import { enrolmentCode, type Identity } from '../../src/trust/identity.ts';
import { sign, verify } from '../../src/trust/signatures.ts';
import { newKey, type TestKey } from './journal-fixture.ts';

const worker = newKey();
const stranger = newKey();
const bot = newKey();
const address = { host: '10.0.9.11', port: 7443 };
const registrationOf = (key: TestKey, name = 'hv-b'): Registration =>
  signRegistration({ ...key, name } as Identity, address);
const registration = registrationOf(worker);
const request = {
  name: 'hv-b',
  typedCode: enrolmentCode(worker.publicKey),
  registration,
  enrolledBy: 'U1',
  at: 1_700_000_000_000,
  bot,
};

/** As the store returns it. */
const stored = <T>(value: T): T => JSON.parse(JSON.stringify(value));

describe('a registration', () => {
  it('is believed when its own key signed it', () => {
    expect(verifyRegistration(stored(registration))).toEqual(registration);
  });

  it('is refused when any of it was changed', () => {
    const changes: Partial<Registration>[] = [
      { name: 'hv-c' },
      { publicKey: stranger.publicKey },
      { address: { ...address, host: '10.0.9.66' } },
      { address: { ...address, port: 7444 } },
      { signature: registrationOf(stranger).signature },
      { signature: '' },
    ];
    for (const change of changes)
      expect(() => verifyRegistration({ ...registration, ...change })).toThrow(
        'registration-forged',
      );
  });

  it('is refused when it has not the form of one', () => {
    const odd: unknown[] = [
      undefined,
      null,
      'x',
      [],
      {},
      { ...registration, extra: 1 },
      { ...registration, name: 'a:b' },
      { ...registration, name: '../a' },
      { ...registration, name: '' },
      { ...registration, name: 'a'.repeat(64) },
      { ...registration, publicKey: 'AAAA' },
      { ...registration, publicKey: registration.publicKey.replace('=', '') },
      { ...registration, address: { ...address, port: 0 } },
      { ...registration, address: { ...address, port: 65_536 } },
      { ...registration, address: { ...address, path: '/run/x' } },
    ];
    for (const value of odd)
      expect(() => verifyRegistration(value)).toThrow('registration-malformed');
  });
});

describe('an enrolment', () => {
  it('is the bot’s word for the key whose code was typed', () => {
    const enrolment = enrol(request);
    expect(enrolment).toMatchObject({
      name: 'hv-b',
      publicKey: worker.publicKey,
      enrolledBy: 'U1',
    });
    expect(verifyEnrolment(stored(enrolment), bot.publicKey)).toEqual(enrolment);
  });

  it('is not made with a wrong code, and the operator may type again', () => {
    const wrong = { ...request, typedCode: enrolmentCode(stranger.publicKey) };
    expect(() => enrol(wrong)).toThrow(
      expect.objectContaining({
        name: 'Problem',
        code: 'enrolment-wrong-code',
        facts: { host: 'hv-b' },
      }),
    );
  });

  it('is not made when someone else’s registration lies in the host’s place', () => {
    const byStranger = { ...request, registration: registrationOf(stranger) };
    expect(() => enrol(byStranger)).toThrow('enrolment-wrong-code');
    const ofOther = { ...request, registration: registrationOf(worker, 'hv-c') };
    expect(() => enrol(ofOther)).toThrow('registration-forged');
    const renamed = {
      ...request,
      registration: { ...registrationOf(worker, 'hv-c'), name: 'hv-b' },
    };
    expect(() => enrol(renamed)).toThrow('registration-forged');
    expect(() => enrol({ ...request, registration: undefined })).toThrow('registration-malformed');
  });

  it('is refused when another bot signed it, or any of it was changed', () => {
    const enrolment = enrol(request);
    expect(() => verifyEnrolment(enrolment, stranger.publicKey)).toThrow('enrolment-forged');
    const changes: Partial<Enrolment>[] = [
      { name: 'hv-c' },
      { publicKey: stranger.publicKey },
      { enrolledBy: 'U2' },
      { at: 1 },
    ];
    for (const change of changes)
      expect(() => verifyEnrolment({ ...enrolment, ...change }, bot.publicKey)).toThrow(
        'enrolment-forged',
      );
    const { signature, ...rest } = enrolment;
    const self = signEnrolment(worker, rest);
    expect(self.signature).not.toBe(signature);
    expect(() => verifyEnrolment(self, bot.publicKey)).toThrow('enrolment-forged');
    expect(() => verifyEnrolment({ ...rest }, bot.publicKey)).toThrow('enrolment-malformed');
  });
});

describe('a signature', () => {
  it('is that of one text by one key', () => {
    const signature = sign(worker, 'text');
    expect(verify(worker.publicKey, 'text', signature)).toBe(true);
    expect(verify(worker.publicKey, 'texd', signature)).toBe(false);
    expect(verify(stranger.publicKey, 'text', signature)).toBe(false);
  });

  it('has one spelling: other base64 of the same bytes is refused', () => {
    const signature = sign(worker, 'text');
    const last = signature.at(-3) ?? '';
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    const spareBits = alphabet[alphabet.indexOf(last) + 1] ?? '';
    const spellings = [
      signature.replaceAll('=', ''),
      `${signature}\n`,
      ` ${signature}`,
      `${signature.slice(0, -3)}${spareBits}==`,
    ];
    for (const spelling of spellings) {
      expect(Buffer.from(spelling, 'base64')).toEqual(Buffer.from(signature, 'base64'));
      expect(verify(worker.publicKey, 'text', spelling)).toBe(false);
    }
  });

  it('by something that is no key is none', () => {
    const signature = sign(worker, 'text');
    for (const key of ['', 'AAAA', worker.publicKey.slice(0, -4), `${worker.publicKey}A`])
      expect(verify(key, 'text', signature)).toBe(false);
  });
});
