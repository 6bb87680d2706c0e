import { expect, it } from '@jest/globals';
import type { Entry } from '../../src/domain/journal.ts';
import { forgetEnded } from '../../src/worker/forget.ts';
import type { Parts } from '../../src/worker/ports.ts';

const entries = (...kinds: readonly string[]) =>
  kinds.map((kind) => ({ body: { kind } })) as unknown as Entry[];

/** What the driver is told of these operations. */
async function toldOf(
  seen: Readonly<Record<string, Entry[] | Error>>,
): Promise<{ dropped: string[]; warned: unknown[] }> {
  const [dropped, warned]: [string[], unknown[]] = [[], []];
  const forget = async (isOver: (operation: string) => Promise<boolean>) => {
    for (const operation of Object.keys(seen)) {
      if (await isOver(operation)) dropped.push(operation);
    }
  };
  const memory = {
    seen: async (operation: string) => {
      const found = seen[operation] ?? [];
      if (found instanceof Error) throw found;
      return found;
    },
  };
  const parts = { host: { live: { forget } }, memory } as unknown as Parts;
  await forgetEnded(parts, { warn: (...said: unknown[]) => void warned.push(said) });
  return { dropped, warned };
}

it('what is kept for a live move goes once this worker has seen it closed, and not before', async () => {
  const seen = {
    m1: entries('opened', 'settled', 'closed'),
    m2: entries('opened', 'settled'),
    m3: [],
  };
  expect(await toldOf(seen)).toEqual({ dropped: ['m1'], warned: [] });
});

it('what it cannot read stays, and the worker starts all the same', async () => {
  const seen = { m1: new Error('damaged'), m2: entries('closed') };
  expect(await toldOf(seen)).toMatchObject({
    dropped: [],
    warned: [[{ error: 'Error: damaged' }, expect.anything()]],
  });
});

it('a driver without live moves keeps nothing', async () => {
  const parts = { host: {}, memory: {} } as unknown as Parts;
  await expect(forgetEnded(parts, { warn: () => undefined })).resolves.toBeUndefined();
});
