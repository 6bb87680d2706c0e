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

const BUILD_OF_2016 = 14_393;

/**
 * Of another host: module 2 refuses one before 2016. What module 1.1 makes of later ones is written
 * nowhere, so that nobody may ask so.
 * @throws WindowsError, RangeError
 */
export function refuseOtherModule(call: Call): void {
  const { module, host, runsOn } = call;
  if (module === undefined) return;
  const [isOldModule, isOldHost] = [/^1\./.test(module), host.profile.build < BUILD_OF_2016];
  if (isOldModule && !isOldHost)
    throw new RangeError(`Nobody knows what module ${module} makes of ${host.name}`);
  if (isOldModule === isOldHost || host.name === runsOn) return;
  throw failure(call, 'module-too-new', {
    facts: { host: host.name },
    errorId: 'InvalidParameter',
    category: 'InvalidArgument',
    hresult: hresult(0x80070057),
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
    if (lacks.some((each) => each.property === name)) continue;
    if (!name.startsWith('$') && allowed !== undefined && !allowed.has(name))
      throw new RangeError(`${type} has no property ${name}`);
    kept.push([name, finished(property, call)]);
  }
  return Object.fromEntries(kept);
}

const meet = ({ world, host }: Call, lack: Lack): void => world.meet(host.name, lackName(lack));
