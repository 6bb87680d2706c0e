import { beforeEach, describe, expect, it } from '@jest/globals';
import { signEnrolment, signRegistration } from '../../src/trust/enrolment.ts';
import { enrolmentCode } from '../../src/trust/identity.ts';
import { codeOf, enrol, problemOf, register } from './world.ts';
import { newWorld, world } from './world-of-test.ts';

const WISH = { vm: 'dc02', user: 'U1', channel: 'C1' };
const ADDRESS = { host: '127.0.0.1', port: 7420 };

beforeEach(() => newWorld());

const codeFor = (host: 'hv-a' | 'hv-b' | 'hv-c') => enrolmentCode(world.workers[host].publicKey);
const stateOf = async (host: string) =>
  (await world.operations.hosts()).find(({ name }) => name === host)?.state;

describe('enrolling a host', () => {
  it('refuses the code of another host, and believes nothing', async () => {
    await register(world, 'hv-c');
    expect(await codeOf(world.operations.enroll('hv-c', codeFor('hv-a'), 'U1'))).toBe(
      'enrolment-wrong-code',
    );
    expect(await world.store.records.get('enrolments/hv-c')).toBeUndefined();
    expect(await stateOf('hv-c')).toBe('not enrolled');
  });

  it('names the registered hosts when nobody registered under that name', async () => {
    const { code, facts } = await problemOf(world.operations.enroll('hv-z', codeFor('hv-c'), 'U1'));
    expect([code, facts]).toEqual([
      'enrolment-unknown-host',
      { host: 'hv-z', known: ['hv-a', 'hv-b'] },
    ]);
  });

  it.each(['hv-c\0', '\0', '\ud800', '../hv-a', 'HV-A', '', 'x'.repeat(5000), '__proto__'])(
    'takes no name that nobody registered: %j',
    async (host) => {
      const enrolled = world.operations.enroll(host, codeFor('hv-a'), 'U1');
      expect(await codeOf(enrolled)).toBe('enrolment-unknown-host');
    },
  );

  it('refuses a code that nobody printed', async () => {
    await register(world, 'hv-c');
    for (const code of ['', 'AAAAA-AAAAA-AAAAA-AAAAA', 'x'.repeat(5000), '"; --']) {
      const enrolled = world.operations.enroll('hv-c', code, 'U1');
      expect(await codeOf(enrolled)).toBe('enrolment-wrong-code');
    }
  });

  it('shows whether an enrolled host was heard lately', async () => {
    expect(await stateOf('hv-b')).toBe('away');
    const now = await world.store.journal.now();
    await world.store.records.put('heartbeats/hv-a', { at: now });
    await world.store.records.put('heartbeats/hv-b', { at: now - 60_000 });
    expect(await world.operations.hosts()).toMatchObject([
      { name: 'hv-a', state: 'ready', seenAt: now, vms: [{ name: 'dc02', state: 'Running' }] },
      { name: 'hv-b', state: 'away', seenAt: now - 60_000, vms: [] },
    ]);
  });

  it('shows a host that was heard but does not answer as away', async () => {
    await world.store.records.put('heartbeats/hv-a', { at: await world.store.journal.now() });
    world.looks.delete('hv-a');
    expect(await stateOf('hv-a')).toBe('away');
  });
});

describe('what somebody else wrote into the store', () => {
  it('enrols nobody: a registration that its own key did not sign', async () => {
    const forged = { ...signRegistration(world.workers['hv-a'], ADDRESS), name: 'hv-c' };
    await world.store.records.put('registrations/hv-c', forged);
    expect(await codeOf(world.operations.enroll('hv-c', codeFor('hv-a'), 'U1'))).toBe(
      'registration-forged',
    );
  });

  it('enrols nobody: a registration under another name, well signed', async () => {
    const registration = signRegistration(world.workers['hv-a'], ADDRESS);
    await world.store.records.put('registrations/hv-c', registration);
    expect(await codeOf(world.operations.enroll('hv-c', codeFor('hv-a'), 'U1'))).toBe(
      'registration-forged',
    );
  });

  it('stops only the host whose enrolment is forged', async () => {
    const enrolment = { name: 'hv-c', publicKey: world.workers['hv-c'].publicKey };
    const forged = signEnrolment(world.workers['hv-c'], { ...enrolment, enrolledBy: 'U1', at: 1 });
    await world.store.records.put('enrolments/hv-c', forged);
    expect(await codeOf(world.operations.propose({ ...WISH, target: 'hv-c' }))).toBe(
      'enrolment-forged',
    );
    expect(await stateOf('hv-c')).toBe('not enrolled');
    expect(await world.operations.propose({ ...WISH, target: 'hv-b' })).toHaveProperty('operation');
  });

  it("does not pass the bot's enrolment of one host for another", async () => {
    const other = await world.store.records.get('enrolments/hv-b');
    await world.store.records.put('enrolments/hv-c', other);
    expect(await codeOf(world.operations.propose({ ...WISH, target: 'hv-c' }))).toBe(
      'enrolment-forged',
    );
  });

  it('is mended by enrolling again', async () => {
    await world.store.records.put('enrolments/hv-b', { name: 'hv-b' });
    expect(await codeOf(world.operations.propose({ ...WISH, target: 'hv-b' }))).toBe(
      'enrolment-malformed',
    );
    await enrol(world, 'hv-b');
    expect(await world.operations.propose({ ...WISH, target: 'hv-b' })).toHaveProperty('operation');
  });
});
