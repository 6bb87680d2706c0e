/** The witness: what it promises, and what its log says. */

import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LinkLost } from '../../src/hosts/lab/lines.ts';
import { connectWitness, type WitnessLink } from '../../src/hosts/lab/witness-client.ts';
import { startWitness, type Witness } from '../../src/lab/witness.ts';
import {
  readWitnessLog,
  type WitnessLine,
  WitnessTally,
  witnessLogFile,
} from '../../src/lab/witness-log.ts';

describe('the witness', () => {
  let dir: string;
  let witness: Witness;
  const links: WitnessLink[] = [];
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'ferry-witness-'));
    witness = await startWitness(dir);
  });
  afterEach(async () => {
    for (const link of links.splice(0)) link.close();
    await witness[Symbol.asyncDispose]();
    await rm(dir, { recursive: true, force: true });
  });

  const guest = async (host: string, { highest = 0, at = 100, vm = 'vm-1' } = {}) => {
    const link = await connectWitness(dir, { vm, host, highest, at });
    links.push(link);
    return link;
  };

  it('acknowledges a record only when it stands in the log', async () => {
    const link = await guest('hv-a');
    expect(link.next).toBe(1);
    expect(await link.written(1, 101)).toBe(2);
    const lines = (await readFile(witnessLogFile(dir), 'utf8')).trimEnd().split('\n');
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ vm: 'vm-1', host: 'hv-a', number: 1 });
  });

  it('gives no number twice, whoever asks, and counts each VM for itself', async () => {
    const [first, second, other] = [
      await guest('hv-a'),
      await guest('hv-b'),
      await guest('hv-a', { vm: 'vm-2' }),
    ];
    const given = [first.next, second.next];
    given.push(await first.written(first.next, 101), await second.written(second.next, 101));
    expect(given).toEqual([1, 2, 3, 4]);
    expect(other.next).toBe(1);
    expect((await guest('hv-a', { highest: 90 })).next).toBe(5);
  });

  it('goes on above what the disks hold and above its own log after a restart', async () => {
    const link = await guest('hv-a');
    await link.written(1, 101);
    await link.written(2, 102);
    await witness[Symbol.asyncDispose]();
    await expect(link.written(3, 103)).rejects.toThrow(LinkLost);
    await appendFile(witnessLogFile(dir), '{"vm":"vm-1","host":"hv-a","numb');
    witness = await startWitness(dir);
    expect((await guest('hv-a')).next).toBe(3);
    const onDisk = await guest('hv-a', { vm: 'vm-2', highest: 50 });
    expect(onDisk.next).toBe(51);
    await onDisk.written(51, 104);
    const log = await readWitnessLog(dir);
    expect(log.get('vm-1')).toMatchObject({ acknowledged: 2, highest: 2 });
    expect(log.get('vm-2')).toMatchObject({ acknowledged: 1, highest: 51 });
  });

  it('notes a guest that still writes after another of the same VM has come', async () => {
    const first = await guest('hv-a', { at: 100 });
    await first.written(1, 110);
    const second = await guest('hv-b', { at: 200 });
    await second.written(2, 210);
    expect((await readWitnessLog(dir)).get('vm-1').splitBrains).toBe(0);
    await first.written(3, 220);
    expect((await readWitnessLog(dir)).get('vm-1').splitBrains).toBe(1);
  });

  it('takes a report that was under way when the VM was moved for no second guest', async () => {
    const first = await guest('hv-a', { at: 100 });
    await guest('hv-b', { at: 200 });
    await first.written(1, 190);
    expect((await readWitnessLog(dir)).get('vm-1').splitBrains).toBe(0);
  });

  it('refuses who does not say hello', async () => {
    const { connectLines } = await import('../../src/hosts/lab/lines.ts');
    const client = await connectLines({ host: '127.0.0.1', port: witness.port });
    expect(await client.ask({ written: 1, at: 1 }, 5)).toHaveProperty('problem');
    client.close();
  });
});

describe("the witness's count", () => {
  const counted = (lines: readonly WitnessLine[]) => {
    const tally = new WitnessTally();
    for (const line of lines) tally.add(line);
    return tally.get('vm-1');
  };
  const record = (number: number, at: number, host = 'hv-a'): WitnessLine => ({
    vm: 'vm-1',
    host,
    number,
    at,
  });

  it('finds the longest gap, with its start, its end and who was there', () => {
    const lines = [record(1, 100), record(2, 110), record(3, 400, 'hv-b'), record(4, 405, 'hv-b')];
    const gap = { milliseconds: 290, from: 110, to: 400, fromHost: 'hv-a', toHost: 'hv-b' };
    expect(counted(lines)).toMatchObject({ acknowledged: 4, lastAt: 405, longestGap: gap });
  });

  it('counts no gap over the time in which the witness was away', () => {
    const away: WitnessLine = { event: 'witness started', at: 9000 };
    const lines = [record(1, 100), record(2, 130), away, record(3, 9100), record(4, 9110)];
    expect(counted(lines).longestGap?.milliseconds).toBe(30);
  });

  it('keeps the newest numbers, however long it runs', () => {
    const tally = new WitnessTally();
    for (let number = 1; number <= 100_000; number++) tally.add(record(number, number));
    const { numbers, acknowledged } = tally.get('vm-1');
    expect(acknowledged).toBe(100_000);
    expect(numbers.size).toBeLessThanOrEqual(80_000);
    expect(numbers.has(60_001)).toBe(true);
  });

  it('knows nothing where there is no log', async () => {
    expect((await readWitnessLog(join(tmpdir(), 'no-such-lab'))).all()).toEqual([]);
  });
});
