import { describe, expect, it } from '@jest/globals';
import { laneOf } from '../../src/slack/lane.ts';

/** More than are shown at once. */
const MANY = 60;

/** Each showing ends when the test says so. */
function slowLane() {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const lane = laneOf({
    show: (operation) => {
      begun.push(operation);
      return new Promise((resolve) => ends.push(() => resolve('open')));
    },
    log: () => undefined,
    now: () => 0,
  });
  for (let number = 1; number <= MANY; number += 1) lane.open(`m${number}`);
  const endAll = async () => {
    while (ends.length > 0) {
      for (const end of ends.splice(0)) end();
      await new Promise(setImmediate);
    }
  };
  return { lane, begun, ends, endAll };
}

describe('a lane with more operations than it shows at once', () => {
  it('shows what changed before all that waited longer', async () => {
    const { lane, begun, ends, endAll } = slowLane();
    lane.look();
    const atOnce = begun.length;
    expect(atOnce).toBeLessThan(MANY);
    lane.changed(`m${MANY}`);
    lane.look();
    ends.shift()?.();
    await new Promise(setImmediate);
    expect(begun[atOnce]).toBe(`m${MANY}`);
    await endAll();
  });

  it('shows each of them once a look, also when looks come faster than it shows', async () => {
    const { lane, begun, endAll } = slowLane();
    for (let looks = 0; looks < 3; looks += 1) lane.look();
    await endAll();
    expect(begun.toSorted()).toEqual(
      Array.from({ length: MANY }, (_, at) => `m${at + 1}`).toSorted(),
    );
    await lane.stop();
  });
});
