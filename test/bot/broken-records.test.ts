/** What stands in the store beside the journal is anything: it never ends the bot. */

import { beforeEach, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { operationMessage } from '../../src/slack/views/operation-message.ts';
import { textOf } from '../../src/texts/catalogue.ts';
import { english } from '../../src/texts/words.ts';
import { newOperation, operation, world } from './world-of-test.ts';

beforeEach(() => newOperation());

const keysOf = () => ({
  findings: `findings/${operation}`,
  halt: `halts/${operation}/hv-a`,
  progress: `progress/${operation}`,
});

it('findings and halts that cannot be read are told in words', async () => {
  const { findings, halt, progress } = keysOf();
  await world.store.records.put(findings, [{ code: 7 }]);
  await world.store.records.put(halt, 'no');
  await world.store.records.put(progress, { bytesDone: 'many' });
  const view = await world.operations.view(operation);
  expect(view?.findings).toMatchObject([{ severity: 'unknown', code: 'record-broken' }]);
  expect(view?.state).toMatchObject({
    kind: 'needs a person',
    why: { code: 'record-broken', facts: { record: halt } },
  });
  expect(view?.progress).toBeUndefined();
  expect(textOf({ code: 'record-broken', facts: { record: halt } }).text).toContain(halt);
  expect(await world.operations.openViews()).toHaveLength(1);
  expect(await world.operations.report(operation)).toContain(`${halt} in the store cannot be read`);
});

const piece = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.record({ code: fc.jsonValue(), facts: fc.jsonValue() }, { requiredKeys: [] }),
  fc.array(fc.record({ check: fc.jsonValue(), severity: fc.jsonValue() }, { requiredKeys: [] })),
);

it('whatever is in them, the operation is shown', async () => {
  await fc.assert(
    fc.asyncProperty(piece, piece, piece, piece, async (...values) => {
      const keys = [...Object.values(keysOf()), `alerts/${operation}`, `estimate/${operation}`];
      for (const [at, key] of keys.entries()) {
        // Of what the store itself takes: no null, which means that there is nothing.
        await world.store.records.put(key, values[at % values.length] ?? 0);
      }
      const view = await world.operations.view(operation);
      if (!view) throw new Error('not shown');
      expect(operationMessage(view, english).text).not.toMatch(/undefined|NaN|\[object/);
      await world.operations.report(operation);
    }),
    { numRuns: 40 },
  );
});
