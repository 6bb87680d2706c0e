/** The move of a VM that is off says these where one that runs says its own. */

import type { Plan } from '../../domain/plan.ts';
import { bytesText, secondsText } from './amounts.ts';
import type { Copying } from './plan.ts';

type Route = Pick<Plan, 'vm' | 'source' | 'target'>;

const isOff = ({ vm, source }: Route): string => `${vm.name} is off on ${source}`;
const RENAMED =
  'give its disks their names back (without .ferry-fenced) and connect its network adapters';

export const off = {
  steps: [
    ({ vm }: Copying) => `${vm} is off, and stays off.`,
    ({ source, target, disks, volume, subnet, seconds, ...amounts }: Copying) => {
      const { virtualBytes, usedBytes, bytesPerSecondMax } = amounts;
      const used = usedBytes === undefined ? '' : `, ${bytesText(usedBytes)} used`;
      const limit = bytesPerSecondMax ? ` with at most ${bytesText(bytesPerSecondMax)}/s` : '';
      const about = seconds === undefined ? '' : `: about ${secondsText(seconds)}`;
      return (
        `After approval its ${disks === 1 ? 'disk' : `${disks} disks`} ` +
        `(${bytesText(virtualBytes)}${used}) ${disks === 1 ? 'is' : 'are'} copied to ${volume} ` +
        `on ${target} over ${subnet}${limit}${about}. Nobody can start it on ${source} meanwhile.`
      );
    },
    ({ source }: Copying) => `Its disks on ${source} are kept as they were.`,
  ] as readonly ((step: Copying) => string)[],
  chat: {
    state: {
      preparing: () => 'Preparing: the target is reserved.',
      paused: (route: Route) => `Paused. ${isOff(route)}.`,
      asking: (route: Route) => `Waiting for approval of the copy. ${isOff(route)}.`,
      'cutting over': ({ vm, source, target }: Route) =>
        `Moving ${vm.name} to ${target}. It is off, and cannot be started on ${source}.`,
      migrated: ({ vm, target }: Route) => `Done: ${vm.name} is on ${target}, off as it was.`,
      'rolled back': ({ vm, source }: Route) =>
        `Rolled back: ${vm.name} is on ${source} as before, and can be started there.`,
    },
    approve: 'Approve copy',
    confirmApprove: {
      title: 'Approve the copy?',
      text: ({ vm, source, target }: Route) =>
        `${vm.name} is copied from ${source} to ${target}, and cannot be started meanwhile. It stays off.`,
      yes: 'Copy',
      no: 'Not now',
    },
    confirmRollback: {
      title: 'Roll back?',
      text: ({ vm, source }: Route) =>
        `What was done is taken back as far as it is safe, so that ${vm.name} can be started on ${source}.`,
      yes: 'Roll back',
      no: 'Not now',
    },
  },
  approvals: {
    asks: ({ vm, source, target }: Route) =>
      `The copy of ${vm.name}, which is off, from ${source} to ${target} waits for approval.`,
    remindsHalf: ({ vm }: Route) => `Still waiting for approval of the copy of ${vm.name}.`,
    reminds: ({ vm }: Route, seconds: number) =>
      `The request to approve the copy of ${vm.name} ends in about ${secondsText(seconds)}.`,
  },
  alerts: {
    home: {
      nowhere: ({ vm, source }: Route) =>
        `${vm.name} is off as it was before, and cannot be started on ${source} while it is copied.`,
    },
    byHand: {
      nowhere: ({ vm, source, target }: Route) =>
        `See on ${target} that ${vm.name} does not run there. Then, on ${source}: ${RENAMED}.`,
      unknown: ({ vm, source, target }: Route) =>
        `Look at ${target} first. If ${vm.name} can be started there, or ever ran, leave it and never start it on ${source}. ` +
        `Only if it is certainly fenced there, on ${source}: ${RENAMED}.`,
    },
  },
};
