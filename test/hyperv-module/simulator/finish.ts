/** What the release that a host plays lacks is not there to be asked for, nor in any answer. */

import { type Call, failure } from './call.ts';
import { propertiesOf } from './enums.ts';
import { type Lack, lackedProperties, lackName, lacksCmdlet, lacksParameter } from './profiles.ts';
import { hresult } from './wire.ts';

/** @throws WindowsError for a cmdlet or parameter that the host's release has not */
export function refuseLacks(call: Call): void {
  const { host, cmdlet, parameters } = call;
  const lack =
    lacksCmdlet(host.profile, cmdlet) ??
    parameters
      .names()
      // To another host these are the caller's own, whatever that one is.
      .filter((name) => host.name === call.runsOn || !/^(cimsession|credential)$/.test(name))
      .map((name) => lacksParameter(host.profile, cmdlet, name))
      .find((each) => each !== undefined);
  if (lack === undefined) return;
  meet(call, lack);
  throw failure(call, 'not-supported', {
    facts: { host: host.name },
    errorId: 'NotSupported',
    category: 'NotImplemented',
    hresult: hresult(0x80070032),
  });
}

/** Without what the release lacks. @throws RangeError for what Windows could not have said */
export function finished(value: unknown, call: Call): unknown {
  if (Array.isArray(value)) return value.map((each) => finished(each, call));
  if (typeof value !== 'object' || value === null) return value;
  const { $type } = value as { $type?: unknown };
  const type = typeof $type === 'string' ? $type : undefined;
  const allowed = type === undefined ? undefined : propertiesOf(type);
  const lacks = type === undefined ? [] : lackedProperties(call.host.profile, type);
  const kept: [string, unknown][] = [];
  for (const [name, property] of Object.entries(value)) {
    const lack = lacks.find((each) => each.property === name);
    if (lack !== undefined) {
      meet(call, lack);
      continue;
    }
    if (!name.startsWith('$') && allowed !== undefined && !allowed.has(name))
      throw new RangeError(`${type} has no property ${name}`);
    kept.push([name, finished(property, call)]);
  }
  return Object.fromEntries(kept);
}

const meet = ({ world, host }: Call, lack: Lack): void => world.meet(host.name, lackName(lack));
