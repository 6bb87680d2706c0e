/** From a request to its answer: the host that is asked, faults, what its release lacks, the cmdlet. */

import type { Call, Handlers } from './call.ts';
import type { FaultOf } from './faults.ts';
import { finished, refuseLacks, refuseOtherModule } from './finish.ts';
import { checkpointHandlers } from './handlers/checkpoints.ts';
import { cimHandlers } from './handlers/cim.ts';
import { clusterHandlers } from './handlers/cluster.ts';
import { directoryHandlers } from './handlers/directory.ts';
import { driveHandlers } from './handlers/drives.ts';
import { eventHandlers } from './handlers/events.ts';
import { hostHandlers } from './handlers/host.ts';
import { importHandlers } from './handlers/import.ts';
import { moveHandlers } from './handlers/moves.ts';
import { networkHandlers, refuseUnreachableHost } from './handlers/network.ts';
import { powerHandlers } from './handlers/power.ts';
import { settingHandlers } from './handlers/settings.ts';
import { storageHandlers } from './handlers/storage.ts';
import { vmHandlers } from './handlers/vms.ts';
import { windowsHandlers } from './handlers/windows.ts';
import { isLanguage, messageOf } from './messages.ts';
import { type GivenObject, Parameters } from './parameters.ts';
import {
  type Answer,
  type CmdletRequest,
  type ErrorFields,
  hresult,
  WindowsError,
  wireError,
} from './wire.ts';
import type { World } from './world.ts';

const HANDLERS: Handlers = {
  ...hostHandlers,
  ...windowsHandlers,
  ...vmHandlers,
  ...networkHandlers,
  ...storageHandlers,
  ...powerHandlers,
  ...settingHandlers,
  ...driveHandlers,
  ...checkpointHandlers,
  ...importHandlers,
  ...eventHandlers,
  ...moveHandlers,
  ...cimHandlers,
  ...clusterHandlers,
  ...directoryHandlers,
};
const BY_LOWER_CASE = new Map(
  Object.entries(HANDLERS).map(([name, act]) => [name.toLowerCase(), act]),
);

/** Parameters whose objects say which host is asked. */
const OBJECTS = [
  'CimSession',
  'VM',
  'VMNetworkAdapter',
  'VMHardDiskDrive',
  'VMDvdDrive',
  'VMSwitch',
  'VMSnapshot',
  'InputObject',
] as const;

const EMPTY: Answer = { output: [], errors: [], warnings: [], hang: false, job: null };

export class Dispatcher {
  readonly #world: World;
  /** What came of cmdlets whose answer waits for a job; `undefined` while it runs. */
  readonly #rests = new Map<string, Answer | undefined>();

  constructor(world: World) {
    this.#world = world;
  }

  /** @throws for what no real cmdlet could be asked, and for answers that Windows could not give */
  async answer(request: CmdletRequest): Promise<Answer> {
    const parameters = new Parameters(request.parameters);
    const calls: Call[] = [];
    try {
      const hosts = this.#hostsOf(request, parameters);
      const where = { cmdlet: request.cmdlet, host: hosts[0] ?? request.host };
      const { faults } = this.#world;
      const hang = faults.take('hang', where);
      if (hang !== undefined && !hang.acts) return { ...EMPTY, hang: true };
      const ordered = faults.take('error', where);
      if (ordered !== undefined) throw orderedError(ordered, this.#world, where.host);
      for (const host of hosts) calls.push(await this.#callOf(request, parameters, host));
      const answer = await this.#run(calls);
      return hang === undefined ? answer : { ...EMPTY, hang: true };
    } catch (error) {
      return withError(calls, error, request.cmdlet);
    }
  }

  /** How far the answer of a cmdlet with a job is: as it was promised, or complete. */
  job(id: string): Answer {
    if (!this.#rests.has(id)) throw new RangeError(`There is no job ${id}`);
    return this.#rests.get(id) ?? { ...EMPTY, job: id };
  }

  async #run(calls: readonly Call[]): Promise<Answer> {
    const output: unknown[] = [];
    for (const call of calls) {
      refuseUnreachableHost(call);
      refuseOtherModule(call);
      refuseLacks(call);
      const act = BY_LOWER_CASE.get(call.cmdlet.toLowerCase());
      if (act === undefined) throw new RangeError(`The simulator has no ${call.cmdlet}`);
      const found = await act(call);
      if (call.rest !== undefined) return this.#later(call, call.rest);
      output.push(...outputOf(found, call));
    }
    return answerOf(calls, output);
  }

  #later(call: Call, { id, output }: NonNullable<Call['rest']>): Answer {
    this.#rests.set(id, undefined);
    void output()
      .then((found) => answerOf([call], outputOf(found, call)))
      .catch((error: unknown) => withError([call], error, call.cmdlet))
      .then((answer) => this.#rests.set(id, answer));
    return { ...EMPTY, job: id };
  }

  async #callOf(request: CmdletRequest, parameters: Parameters, name: string): Promise<Call> {
    const host = await this.#world.host(name);
    const spoken = request.language;
    const { overlay } = host;
    // A host that a test has given another language speaks it, whatever the shell asks for.
    const language = overlay.language === 'en-US' && isLanguage(spoken) ? spoken : overlay.language;
    return {
      world: this.#world,
      cmdlet: request.cmdlet,
      runsOn: request.host,
      host: { ...host, overlay: { ...overlay, language } },
      parameters,
      ...(typeof request.module === 'string' ? { module: request.module } : {}),
      errors: [],
      warnings: [],
    };
  }

  /** @throws WindowsError for a computer that does not exist */
  #hostsOf(request: CmdletRequest, parameters: Parameters): string[] {
    const isAbout = request.cmdlet.toLowerCase() === 'test-netconnection';
    const named = isAbout ? [] : parameters.texts('ComputerName');
    const objects = named.length > 0 ? [] : OBJECTS.flatMap((name) => parameters.list(name));
    const computers = [...named, ...objects.map(computerOf).filter((name) => name !== undefined)];
    const [first = request.host] = computers;
    return (named.length > 0 ? named : [first]).map((given) => {
      const host = this.#world.hostName(given === '.' ? 'localhost' : given, request.host);
      if (host !== undefined) return host;
      const { language } = this.#world.overlayOf(request.host);
      throw new WindowsError(messageOf('host-not-found', language, { host: given }), {
        errorId: 'InvalidParameter',
        category: 'InvalidArgument',
        hresult: hresult(0x80072af9),
        target: given,
      });
    });
  }
}

/** The computer that an object of ours came from. */
function computerOf(given: unknown): string | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { $id = '', ComputerName } = given as Partial<GivenObject>;
  if (typeof ComputerName === 'string') return ComputerName;
  const parts: unknown = $id.startsWith('[') ? JSON.parse($id) : undefined;
  // A cluster's objects name no host of ours, and are asked for wherever the script runs.
  return Array.isArray(parts) && !/^Cluster/.test(String(parts[1])) ? String(parts[0]) : undefined;
}

const outputOf = (found: unknown, call: Call): unknown[] => {
  const all = found === undefined ? [] : Array.isArray(found) ? found : [found];
  return all.map((each) => finished(each, call));
};

const answerOf = (calls: readonly Call[], output: readonly unknown[]): Answer => ({
  ...EMPTY,
  output,
  errors: calls.flatMap(({ errors }) => errors),
  warnings: calls.flatMap(({ warnings }) => warnings),
});

function withError(calls: readonly Call[], error: unknown, cmdlet: string): Answer {
  if (!(error instanceof WindowsError)) throw error;
  const answer = answerOf(calls, []);
  return { ...answer, errors: [...answer.errors, wireError(error, cmdlet)] };
}

function orderedError(fault: FaultOf<'error'>, world: World, host: string): WindowsError {
  const { message, terminating, errorId, category } = fault;
  const fields: ErrorFields = {
    terminating,
    ...(errorId === undefined ? {} : { errorId }),
    ...(category === undefined ? {} : { category }),
    ...(fault.hresult === undefined ? {} : { hresult: hresult(fault.hresult) }),
  };
  return new WindowsError(message ?? messageOf('unknown', world.overlayOf(host).language), fields);
}

/** Every cmdlet that the simulator knows. */
export const handledCmdlets = (): string[] => Object.keys(HANDLERS);
