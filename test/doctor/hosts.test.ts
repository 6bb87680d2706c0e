import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Examination } from '../../jobs/examine.ts';
import { hostItself, hostsFindings, hostsSeen } from '../../src/doctor/hosts.ts';
import type { Finding } from '../../src/domain/finding.ts';
import { Problem } from '../../src/domain/problem.ts';
import { signRegistration } from '../../src/trust/enrolment.ts';
import { VERSION } from '../../src/version.ts';
import { register } from '../bot/world.ts';
import { newWorld, world } from '../bot/world-of-test.ts';
import { told } from './words.ts';

const asked = new Map<string, readonly string[]>();
beforeEach(async () => {
  await newWorld();
  asked.clear();
  await heard('hv-a');
  await heard('hv-b');
});

const well: Finding = {
  check: 'node',
  severity: 'ok',
  code: 'doctor-node-ok',
  facts: { version: '24.12.0' },
};

async function heard(host: string, secondsAgo = 0): Promise<void> {
  const now = await world.store.journal.now();
  await world.store.records.put(`heartbeats/${host}`, { at: now - secondsAgo * 1000 });
}

/** The hosts as the bot sees them; each answers well unless the test says something else. */
async function look(answer: Partial<Examination> | Problem = {}): Promise<Finding[]> {
  return await hostsFindings({
    seen: () => hostsSeen(world.store, world.bot),
    async examine(host, others) {
      asked.set(host, others);
      if (answer instanceof Problem) throw answer;
      const findings = [{ ...well, facts: { ...well.facts, host } }];
      return { version: VERSION, findings, ...answer };
    },
  });
}

const of = (findings: readonly Finding[], host: string) =>
  told(findings.filter(({ facts }) => facts.host === host));

describe("the doctor's look at the hosts", () => {
  it('asks each enrolled host about all the others, and passes on what it says', async () => {
    const found = await look();
    expect(Object.fromEntries(asked)).toEqual({ 'hv-a': ['hv-b'], 'hv-b': ['hv-a'] });
    expect(found.filter(({ code }) => code === well.code)).toHaveLength(2);
    expect(found.map(({ code, facts }) => `${code} ${facts.host}`)).toEqual(
      ['hv-a', 'hv-b'].flatMap((host) => [
        `doctor-host-ok ${host}`,
        `doctor-version-ok ${host}`,
        `doctor-node-ok ${host}`,
      ]),
    );
  });

  it('finds a worker of another version', async () => {
    expect(of(await look({ version: '0.0.1' }), 'hv-b')).toContain(
      'blocker doctor-version-differs',
    );
  });

  it('does not ask a host that was not heard for a while, and says what is not known', async () => {
    await heard('hv-b', 60);
    expect(of(await look(), 'hv-b')).toEqual([
      'blocker doctor-host-silent',
      'unknown doctor-host-unexamined',
    ]);
    expect([...asked.keys()]).toEqual(['hv-a']);
    await world.store.records.remove('heartbeats/hv-b');
    expect(of(await look(), 'hv-b')[0]).toBe('blocker doctor-host-never-heard');
  });

  it('finds a registered host that nobody enrolled', async () => {
    await register(world, 'hv-c');
    expect(of(await look(), 'hv-c')).toEqual(['warning doctor-host-not-enrolled']);
    expect(asked.get('hv-a')).toEqual(['hv-b']);
  });

  it('finds a worker that was installed anew, with another key', async () => {
    const address = { host: '127.0.0.1', port: 7420 };
    const again = signRegistration({ ...world.workers['hv-c'], name: 'hv-b' }, address);
    await world.store.records.put('registrations/hv-b', again);
    expect(of(await look(), 'hv-b')[0]).toBe('blocker doctor-host-key-changed');
    await world.store.records.put('registrations/hv-b', { name: 'hv-b' });
    expect(of(await look(), 'hv-b')[0]).toBe('blocker doctor-host-key-changed');
  });

  it('finds an enrolment that the bot did not sign', async () => {
    const other = await world.store.records.get('enrolments/hv-a');
    await world.store.records.put('enrolments/hv-b', other);
    expect(of(await look(), 'hv-b')).toEqual(['blocker enrolment-forged']);
  });

  it('knows nothing of a worker that does not answer, whatever it was heard', async () => {
    const silent = new Problem('worker-silent', { queue: 'host-hv-a', timeoutSeconds: 1 });
    expect(of(await look(silent), 'hv-a')).toEqual([
      'unknown worker-silent',
      'unknown doctor-host-unexamined',
    ]);
  });

  it('says that there is no host, and that hosts are not known without a store', async () => {
    for (const kind of ['registrations', 'enrolments']) {
      for (const host of ['hv-a', 'hv-b']) await world.store.records.remove(`${kind}/${host}`);
    }
    expect(told(await look())).toEqual(['warning doctor-hosts-none']);
    const away = hostsFindings({
      seen: () => Promise.reject(new Problem('store-unreachable', { url: 'x' })),
      examine: () => Promise.reject(new Error('Nobody is asked')),
    });
    expect(told(await away)).toEqual(['unknown doctor-hosts-unknown']);
  });
});

describe('a host by itself', () => {
  it('sees whether it is enrolled and heard, and whom it should reach', async () => {
    const { finding, others } = await hostItself('hv-a', world.store);
    expect([...told([finding]), ...others]).toEqual(['ok doctor-host-ok', 'hv-b']);
    await register(world, 'hv-c');
    const { finding: fresh } = await hostItself('hv-c', world.store);
    expect(told([fresh])).toEqual(['warning doctor-host-not-enrolled']);
    await heard('hv-b', 60);
    const { finding: silent } = await hostItself('hv-b', world.store);
    expect(told([silent])).toEqual(['blocker doctor-host-silent']);
  });
});
