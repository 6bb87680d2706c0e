/** Windows' unfriendly ways, as tests order them. */

import { z } from 'zod';
import { SIGNS } from './checkpoints/signs.ts';

const common = {
  /** Only where the cmdlet acts on this host. */
  host: z.string().optional(),
  /** How often; absent: until the faults are cleared. */
  times: z.int().positive().optional(),
};
const ofVm = {
  ...common,
  /** Only this VM, by Id or name. */
  vm: z.string().optional(),
};

export const faultSchema = z.discriminatedUnion('kind', [
  /** The cmdlet never returns; with `acts` it does its work first. */
  z.object({
    ...common,
    kind: z.literal('hang'),
    cmdlet: z.string(),
    acts: z.boolean().optional(),
  }),
  /** The cmdlet ends with this error and does nothing. `terminating: false` goes on silently. */
  z.object({
    ...common,
    kind: z.literal('error'),
    cmdlet: z.string(),
    terminating: z.boolean().default(true),
    message: z.string().optional(),
    errorId: z.string().optional(),
    hresult: z.int().optional(),
    category: z.string().optional(),
  }),
  /** The job says Completed, and the VM is where it was. */
  z.object({ ...ofVm, kind: z.literal('completed-without-move') }),
  /** What a check, a failure or a cancel leaves planned at the target stays there. */
  z.object({ ...ofVm, kind: z.literal('planned-vm-left') }),
  /** The move fails at this percentage, also behind the point where it can be cancelled. */
  z.object({
    ...ofVm,
    kind: z.literal('move-fails'),
    percent: z.number().min(0).max(100),
    hresult: z.int().default(0x80072746),
    message: z.string().optional(),
  }),
  /** The job object vanishes at the end of its move instead of staying for minutes. */
  z.object({ ...ofVm, kind: z.literal('job-gone') }),
  /** Get-VM at the target lists the planned VM while the move runs. */
  z.object({ ...ofVm, kind: z.literal('shows-planned') }),
  /** ACLs, VLAN and QoS do not arrive at the target (facts C #58). */
  z.object({ ...ofVm, kind: z.literal('loses-adapter-settings') }),
  /** RequestStateChange returns this code and does nothing. */
  z.object({ ...ofVm, kind: z.literal('cancel-refused'), code: z.int().default(32768) }),
  /** The cancel is accepted, and the move comes to its end all the same. */
  z.object({ ...ofVm, kind: z.literal('cancel-too-late') }),
  /** Compare-VM objects with this; `source` is the type of what is at fault. */
  z.object({
    ...ofVm,
    kind: z.literal('incompatible'),
    messageId: z.int(),
    message: z.string(),
    source: z.string().default('VirtualMachine'),
  }),
  /** CreateSnapshot's job ends with this. */
  z.object({ ...ofVm, kind: z.literal('checkpoint-fails'), hresult: z.int().default(0x80070070) }),
  /** A merge ends with event 19100 and this code; its files stay. */
  z.object({ ...ofVm, kind: z.literal('merge-fails'), hresult: z.int().default(0x80070020) }),
  /** A merge is interrupted (event 19090), and goes on by itself. */
  z.object({ ...ofVm, kind: z.literal('merge-interrupted') }),
  /** A merge is done, and this sign of it comes only when it is released, or after this time. */
  z.object({
    ...ofVm,
    kind: z.literal('merge-sign-late'),
    sign: z.enum(SIGNS),
    milliseconds: z.number().positive().optional(),
  }),
  /** The guest shuts down, but so much later than Stop-VM gave up. */
  z.object({ ...ofVm, kind: z.literal('stops-late'), milliseconds: z.number().positive() }),
  /** Who attaches a file gives it no access for the VM: it does not start (0x80070005). */
  z.object({ ...ofVm, kind: z.literal('acl-not-set') }),
  /** ExportSystemDefinition's job ends with this. */
  z.object({ ...ofVm, kind: z.literal('export-fails'), hresult: z.int().default(0x80070005) }),
]);

export type Fault = z.infer<typeof faultSchema>;
export type FaultOptions = z.input<typeof faultSchema>;
export type FaultOf<K extends Fault['kind']> = Extract<Fault, { kind: K }>;

interface Where {
  readonly cmdlet?: string;
  readonly host?: string;
  /** The VM's names: Id and name. */
  readonly vm?: readonly string[];
  /** Of a merge's end. */
  readonly sign?: string;
}

export class Faults {
  #set: { readonly fault: Fault; left: number }[] = [];

  add(options: FaultOptions): void {
    const fault = faultSchema.parse(options);
    this.#set.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#set = [];
  }

  /** The first fault of this kind that is meant, counted as used. */
  take<K extends Fault['kind']>(kind: K, where: Where): FaultOf<K> | undefined {
    const found = this.#set.find(({ fault }) => fault.kind === kind && isMeant(fault, where));
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#set = this.#set.filter((each) => each !== found);
    return found.fault as FaultOf<K>;
  }

  /** As `take`, without counting it. */
  has<K extends Fault['kind']>(kind: K, where: Where): FaultOf<K> | undefined {
    const found = this.#set.find(({ fault }) => fault.kind === kind && isMeant(fault, where));
    return found?.fault as FaultOf<K> | undefined;
  }
}

function isMeant(fault: Fault, { cmdlet, host, vm, sign }: Where): boolean {
  const is = (given: string | undefined, meant: string | undefined) =>
    meant === undefined || given?.toLowerCase() === meant.toLowerCase();
  if (!is(host, fault.host)) return false;
  if ('cmdlet' in fault && !is(cmdlet, fault.cmdlet)) return false;
  if ('sign' in fault && fault.sign !== sign) return false;
  if (!('vm' in fault) || fault.vm === undefined) return true;
  return (vm ?? []).some((each) => is(each, fault.vm));
}
