/** Did it end as it should? Asked of the checker's report alone, never of the journal. */

import { type CheckReport, keptCopies, type VmReport } from './checker.ts';
import type { HostName } from './machine.ts';
import type { DiskDigests } from './report.ts';

/** Where the VM must be in the end: registered unfenced, running, alone, with nothing lost. */
export function wrongWith(report: CheckReport, name: string, host: HostName): string[] {
  const vm = report.vms.find((one) => one.name === name);
  if (!vm) return [`${name} is registered nowhere`];
  const runs = vm.runningOn.map((one) => one.host);
  const wrong: string[] = [];
  if (runs.length !== 1 || runs[0] !== host) {
    wrong.push(`${name} runs on ${runs.join(' and ') || 'no host'}, not on ${host} alone`);
  }
  if (vm.ranTwice) wrong.push(`${name} ran on two hosts at once`);
  if (vm.lost > 0) wrong.push(lostIn(vm));
  if (vm.acknowledged === 0) wrong.push(`the witness acknowledged no record of ${name}`);
  return wrong;
}

/** "Rolled back" means that the source is as before. */
export function wrongWithSource(report: CheckReport, name: string, host: HostName): string[] {
  const vm = report.vms.find((one) => one.name === name);
  const here = vm?.registeredOn.find((one) => one.host === host);
  const wrong: string[] = [];
  if (!here) return [`${name} is not registered on ${host}`];
  if (here.fenced) wrong.push(`${name} is still fenced on ${host}`);
  if (!here.chainIsPlain) wrong.push(`${name} still has checkpoints on ${host}`);
  if (here.startAction !== 'Start') wrong.push(`${name} has start action ${here.startAction}`);
  return wrong;
}

/** A finished migration leaves the VM registered at the target alone, with its start action back. */
export function wrongWithTarget(report: CheckReport, name: string, host: HostName): string[] {
  const vm = report.vms.find((one) => one.name === name);
  const others = vm?.registeredOn.filter((one) => one.host !== host) ?? [];
  const left = others.map((one) => `${name} is still registered on ${one.host}`);
  return [...wrongWithSource(report, name, host), ...left];
}

/** What was committed before it was taken back is there for another try. */
export async function wrongWithCopy(dir: string, name: string, host: HostName): Promise<string[]> {
  const kept = await keptCopies(dir, host);
  return kept.includes(name) ? [] : [`${host} keeps no copy of ${name}`];
}

export function wrongWithDigests(digests: readonly DiskDigests[]): string[] {
  if (digests.length === 0) return ['no digests were compared'];
  return digests
    .filter(({ kept, received }) => kept !== received)
    .map(({ disk }) => `${disk}: what the target received is not what the source froze`);
}

const lostIn = ({ name, lost, lostNumbers }: VmReport): string =>
  `${lost} acknowledged records of ${name} are lost, the first of them ${lostNumbers[0]}`;
