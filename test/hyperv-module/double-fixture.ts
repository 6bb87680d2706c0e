/** A PowerShell with the doubles, and a simulator that answers what a test tells it. */

import { afterAll } from '@jest/globals';
import { call, commands, open } from '../hosts/hyperv/shell/fixture.ts';
import { MODULE_PATH } from './data.ts';
import { type Asked, type Lacks, openFakeSimulator } from './fake-simulator.ts';

export const ID = '6f9619ff-8b86-d011-b42d-00c04fc964ff';
export const vm = (more: object = {}) => ({
  $type: 'VirtualMachine',
  $id: ID,
  ComputerName: 'hv-a',
  Id: ID,
  Name: 'dc02',
  State: { $enum: 'VMState', value: 2 },
  ...more,
});
export const isGet = ({ cmdlet }: Asked) => cmdlet.startsWith('Get-');
/** Get-VM finds the VM; everything else answers nothing. */
export const oneVm = (request: Asked) => (isGet(request) ? { output: [vm()] } : {});

/** One for each suite: it ends with it. */
export async function openDouble(pwsh: string, lacks: Lacks = {}) {
  const simulator = await openFakeSimulator(lacks);
  const powershell = open(pwsh, { modulePath: MODULE_PATH });
  afterAll(async () => {
    await powershell.close();
    await simulator.close();
  });
  const run = (text: string, timeoutSeconds = call.timeoutSeconds) =>
    powershell.ask(commands, { text }, { ...call, timeoutSeconds });
  return {
    simulator,
    powershell,
    /** What the text gives: one table. */
    run,
    /** The FullyQualifiedErrorId that a command ends with. */
    async errorId(text: string): Promise<unknown> {
      const caught = `catch { @{ id = $_.FullyQualifiedErrorId } }`;
      return (await run(`try { ${text} | Out-Null; @{ id = 'none' } } ${caught}`)).id;
    },
    lastAsked: () => simulator.asked.at(-1),
  };
}
