/** Alerts on a real store: what a look finds is kept, and who acknowledged is remembered. */

import { expect, it } from '@jest/globals';
import { failed, stepsBefore } from './stories.ts';
import { codeOf, openWorld } from './world.ts';

const STUCK = { code: 'target-silent', facts: { vm: 'dc02', host: 'hv-b' } };

it('an acknowledged alert says who and when, also to a bot that was started again', async () => {
  await using world = await openWorld();
  const operation = await world.opened();
  await world.write(operation, [...stepsBefore('createTargetDisks')]);
  await world.store.records.put(`halts/${operation}/hv-b`, STUCK);
  const [alert] = (await world.operations.view(operation))?.alerts ?? [];
  const key = alert?.key ?? '';
  expect(alert).toMatchObject({ cause: STUCK, home: 'source' });
  await world.operations.acknowledge(operation, key, 'U1');
  expect(await codeOf(world.again().acknowledge(operation, key, 'U2'))).toBe('alert-heard-already');
  expect(await codeOf(world.again().acknowledge(operation, 'x', 'U2'))).toBe('alert-unknown');
  await world.store.records.remove(`halts/${operation}/hv-b`);
  const [mended, ...none] = (await world.again().view(operation))?.alerts ?? [];
  expect(none).toEqual([]);
  expect(mended).toMatchObject({ key, raisedAt: alert?.raisedAt, heard: { by: 'U1' } });
  expect(mended?.mendedAt).toBeGreaterThanOrEqual(mended?.raisedAt ?? Number.NaN);
});

it('the report of an operation has its journal', async () => {
  await using world = await openWorld();
  const operation = await world.opened();
  await world.write(operation, failed('reserveTarget', 'roll back', STUCK));
  const report = await world.operations.report(operation);
  expect(report).toMatch(/target {2}failed .*target-silent/);
  expect(report).toContain('{"msg":"a line"}');
  expect(await codeOf(world.operations.report('m4711'))).toBe('operation-unknown');
});
