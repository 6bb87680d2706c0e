/** One cmdlet on its way through the simulator. */

import type { SimHost, SimVm } from './kept.ts';
import { type MessageKey, messageOf } from './messages.ts';
import { type GivenObject, hasWildcard, isLike, type Parameters } from './parameters.ts';
import { type ErrorFields, hresult, WindowsError, type WireError, wireError } from './wire.ts';
import type { World } from './world.ts';

export interface Call {
  readonly world: World;
  readonly cmdlet: string;
  /** The machine that the script runs on. */
  readonly runsOn: string;
  /** The host that is asked: the same, or what `-ComputerName` or the session says. */
  readonly host: SimHost;
  readonly parameters: Parameters;
  /** The version of the Hyper-V module that asks; absent where another module does, or nobody says. */
  readonly module?: string;
  readonly errors: WireError[];
  readonly warnings: string[];
  /** Set by a handler whose work goes on in the server: the job, and what the cmdlet ends with. */
  rest?: { readonly id: string; readonly output: () => Promise<unknown> };
}

export type Handler = (call: Call) => Promise<unknown> | unknown;
export type Handlers = Readonly<Record<string, Handler>>;

/** In the language of the host that is asked. */
export const say = (
  { host }: Call,
  key: MessageKey,
  facts: Readonly<Record<string, string | number>> = {},
): string => messageOf(key, host.overlay.language, facts);

export const failure = (
  call: Call,
  key: MessageKey,
  { facts = {}, ...fields }: ErrorFields & { facts?: Readonly<Record<string, string | number>> },
): WindowsError => new WindowsError(say(call, key, facts), fields);

export const busy = (call: Call, { lab }: SimVm): WindowsError =>
  failure(call, 'busy', {
    facts: { vm: lab.name },
    errorId: 'InvalidState',
    category: 'InvalidOperation',
    hresult: hresult(0x80041001),
    target: lab.id,
  });

export function refuseMoving(call: Call, vm: SimVm): void {
  if (call.world.moveOf(vm.lab.id) !== undefined) throw busy(call, vm);
}

/** A non-terminating error: the cmdlet goes on. */
export function complain(call: Call, error: WindowsError): void {
  call.errors.push(
    wireError(
      new WindowsError(error.message, { terminating: false, ...error.fields }),
      call.cmdlet,
    ),
  );
}

export interface VmParameters {
  readonly name?: string;
  readonly object?: string;
  readonly id?: string;
}

/** The VMs that a cmdlet names, by object, Id or name; without any of them all of the host. */
export async function vmsOf(
  call: Call,
  { name = 'VMName', object = 'VM', id = 'VMId' }: VmParameters = {},
): Promise<SimVm[]> {
  const { parameters, world, host } = call;
  const objects = parameters.objects(object);
  if (objects.length > 0)
    return (await Promise.all(objects.map((each) => vmOf(call, each)))).flat();
  const all = await world.vms(host.name);
  const ids = parameters.texts(id);
  if (ids.length > 0)
    return found(call, ids, (wanted) => all.filter(({ lab }) => lab.id === wanted.toLowerCase()));
  const names = parameters.texts(name);
  if (names.length === 0) return all;
  return found(call, names, (wanted) => all.filter(({ lab }) => isLike(lab.name, wanted)));
}

function found(call: Call, wanted: readonly string[], find: (each: string) => SimVm[]): SimVm[] {
  return wanted.flatMap((each) => {
    const vms = find(each);
    if (vms.length === 0 && !hasWildcard(each)) complain(call, notFound(call, each));
    return vms;
  });
}

export const notFound = (call: Call, vm: string): WindowsError =>
  failure(call, 'vm-not-found', {
    facts: { vm },
    errorId: 'InvalidParameter',
    category: 'InvalidArgument',
    hresult: hresult(0x80070490),
    target: vm,
  });

/** The VM behind an object, on the host that the object came from. */
async function vmOf(call: Call, { $id, ComputerName }: GivenObject): Promise<SimVm[]> {
  const host = call.world.hostName(ComputerName ?? call.host.name, call.runsOn) ?? call.host.name;
  const vm = await call.world.vmOrPlanned(host, $id ?? '');
  if (vm !== undefined) return [vm];
  complain(call, notFound(call, $id ?? ''));
  return [];
}

/** Exactly one VM, or the cmdlet ends. */
export async function oneVm(call: Call, by: VmParameters): Promise<SimVm> {
  const vms = await vmsOf(call, by);
  const error = call.errors.splice(0)[0];
  if (error !== undefined) throw new WindowsError(error.message, { ...error, terminating: true });
  const [vm] = vms;
  if (vm !== undefined && vms.length === 1) return vm;
  throw failure(call, 'parameter-wrong', {
    facts: { detail: `${vms.length} virtual machines` },
    errorId: 'InvalidParameter',
    category: 'InvalidArgument',
    hresult: hresult(0x80070057),
  });
}

/** The parts of an `$id` that a device carries. @throws RangeError for any other */
export function partsOf({ $id = '' }: GivenObject): string[] {
  const parts: unknown = $id.startsWith('[') ? JSON.parse($id) : undefined;
  if (!Array.isArray(parts)) throw new RangeError(`${$id} names no part`);
  return parts.map(String);
}
