/** The doctor of a whole Ferry: real bot, real workers, a real way between them. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { z } from 'zod';
import { type Lab, startLab } from '../../src/lab/machine.ts';
import { enrolHosts } from '../../src/lab/session.ts';
import { ferry } from '../cli/ferry.ts';

jest.setTimeout(240_000);

/** The bot looks every 10 s, and calls a worker silent after 15 s. */
const LOOKS_MAX = 60;

let directory = '';
let lab: Lab | undefined;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ferry-lab-'));
  lab = await startLab({ directory });
  await enrolHosts(lab);
});
afterAll(async () => {
  await lab?.stop();
  await rm(directory, { recursive: true, force: true });
});

const findingsSchema = z.array(
  z.object({ severity: z.string(), code: z.string(), facts: z.record(z.string(), z.unknown()) }),
);

async function doctor(who: 'bot' | 'hv-a') {
  const env = join(directory, `${who}.env`);
  const { out, err } = await ferry(['--env', env, 'doctor', '--json']);
  expect(err).toBe('');
  return findingsSchema.parse(JSON.parse(out));
}

const wrongIn = (findings: Awaited<ReturnType<typeof doctor>>): string[] =>
  findings.flatMap(({ severity, code, facts }) =>
    severity === 'blocker' ? [`${code} ${facts.host ?? ''} ${facts.to ?? ''}`.trim()] : [],
  );

describe('the doctor of a whole lab', () => {
  it('finds nothing wrong, and that each host reaches the other', async () => {
    const health = () => ferry(['health'], { FERRY_STATE: join(directory, 'state', 'bot') });
    for (let looks = 0; looks < LOOKS_MAX && (await health()).code !== 0; looks += 1) {
      await pause(1000);
    }
    const found = await doctor('bot');
    expect(wrongIn(found)).toEqual([]);
    const ways = found.filter(({ code }) => code === 'doctor-reach-ok');
    expect(ways.map(({ facts }) => `${facts.host} ${facts.to}`).toSorted()).toEqual([
      'hv-a hv-b',
      'hv-b hv-a',
    ]);
    const ok = found.filter(({ severity }) => severity === 'ok').map(({ code }) => code);
    expect(ok).toEqual(
      expect.arrayContaining(['doctor-connections-ok', 'doctor-version-ok', 'doctor-roles-ok']),
    );
    expect(wrongIn(await doctor('hv-a'))).toEqual([]);
  });

  it('sees from either machine that a worker is gone', async () => {
    await lab?.workers['hv-b'].kill();
    const far = 'doctor-reach-failed hv-a hv-b';
    expect(wrongIn(await doctor('hv-a'))).toEqual([far]);
    const silent = 'doctor-host-silent hv-b';
    let found = wrongIn(await doctor('bot'));
    for (let looks = 0; looks < LOOKS_MAX && !found.includes(silent); looks += 1) {
      found = wrongIn(await doctor('bot'));
    }
    expect(found.toSorted()).toEqual([silent, far].toSorted());
  });
});
