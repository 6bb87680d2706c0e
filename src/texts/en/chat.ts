/** Labels and sentences of the bot's messages. All is plain text: views escape it for Slack. */

import type { Plan } from '../../domain/plan.ts';
import { bytesText, secondsText } from './amounts.ts';

type Route = Pick<Plan, 'vm' | 'source' | 'target'>;

export const chat = {
  title: ({ vm, source, target }: Route) => `Move ${vm.name} from ${source} to ${target}`,
  askedBy: 'asked by',
  severity: { blocker: 'Blocker', unknown: 'Unknown', warning: 'Warning', ok: 'Well' },
  state: {
    preparing: (_: Route) => 'Preparing: the target is reserved and changes are tracked.',
    copying: ({ vm, source }: Route) => `Copying. ${vm.name} runs on ${source}.`,
    aligned: ({ vm, source, target }: Route) =>
      `${vm.name} of ${source} is kept aligned on ${target}.`,
    paused: ({ vm, source }: Route) => `Paused. ${vm.name} runs on ${source}.`,
    waiting: ({ vm, source }: Route) => `Waiting for its time. ${vm.name} is on ${source}.`,
    asking: ({ vm, source }: Route) =>
      `Waiting for approval of the cutover. ${vm.name} runs on ${source}.`,
    'cutting over': ({ vm, source, target }: Route) =>
      `Cutting over: ${vm.name} stops on ${source} and starts on ${target}.`,
    'rolling back': ({ vm, source }: Route) =>
      `Rolling back: ${vm.name} stays on ${source}, all else is undone.`,
    moving: ({ vm, source, target }: Route) =>
      `Moving from ${source} to ${target}. ${vm.name} runs all the time.`,
    deleting: ({ vm, source }: Route) => `Deleting the copy of ${vm.name} on ${source}.`,
    deleted: ({ vm, source }: Route) => `Done: the copy of ${vm.name} on ${source} is deleted.`,
    migrated: ({ vm, target }: Route) => `Done: ${vm.name} runs on ${target}.`,
    restoring: ({ vm, target }: Route) => `Starting ${vm.name} from its copy on ${target}.`,
    restored: ({ vm, target }: Route) => `Done: ${vm.name} runs on ${target}, from its copy.`,
    'rolled back': ({ vm, source }: Route) => `Rolled back: ${vm.name} is on ${source} as before.`,
    'needs a person': ({ vm }: Route) =>
      `This needs a person: see the thread for what is known about ${vm.name}.`,
  },
  step: (step: string) => `step ${step}`,
  goesOn: 'It goes on by itself on',
  cleanUpPending: (host: string) =>
    `Clean-up of ${host} is pending; it is done as soon as that host can.`,
  percent: (percent: number) => `${percent} %`,
  done: (done: number, total: number) => `${bytesText(done)} of ${bytesText(total)}`,
  rate: (bytesPerSecond: number) => `${bytesText(bytesPerSecond)}/s`,
  left: (seconds: number) => `about ${secondsText(seconds)} left`,
  round: (round: number) => `round ${round}`,
  approvedBy: 'Approved by',
  approvalsMissing: (count: number) =>
    `${count} ${count === 1 ? 'approval is' : 'approvals are'} missing.`,
  askedUntil: 'Without it everything is undone on',
  result: 'Result',
  totals: (virtual: number, allocated: number, sent: number) =>
    `${bytesText(virtual)} of disks, ${bytesText(allocated)} allocated, ${bytesText(sent)} sent`,
  rounds: (rounds: number) => `${rounds} ${rounds === 1 ? 'round' : 'rounds'}`,
  pause: (seconds: number) => `off for ${secondsText(seconds)}`,
  took: (seconds: number) => `${secondsText(seconds)} in all`,
  repeated: 'The bot was interrupted while it posted this; an earlier one may stand above.',
  button: {
    approve: 'Approve cutover',
    cancel: 'Cancel',
    pause: 'Pause',
    resume: 'Resume',
    retry: 'Retry',
    rollback: 'Roll back',
  },
  confirmApprove: {
    title: 'Approve the cutover?',
    text: ({ vm, source, target }: Route, seconds: number) =>
      `${vm.name} is shut down on ${source} and started on ${target}. ` +
      `It is off for at most ${secondsText(seconds)}.`,
    yes: 'Cut over',
    no: 'Not now',
  },
  confirmRollback: {
    title: 'Roll back?',
    text: ({ vm, source }: Route) =>
      `What was done is taken back as far as it is safe, so that ${vm.name} runs on ${source}.`,
    yes: 'Roll back',
    no: 'Not now',
  },
  unenroll: {
    asks: (host: string) =>
      `${host} is still trusted. Press the button to end that: nothing is moved there or away ` +
      'until its worker is enrolled again. Its VMs and copies stay as they are.',
    button: 'Unenroll',
    confirm: {
      title: (host: string) => `Unenroll ${host}?`,
      text: (host: string) => `The key of ${host} is not trusted any more.`,
      yes: 'Unenroll',
      no: 'Not now',
    },
    done: (host: string) => `${host} is not enrolled any more.`,
  },
  planned: (operation: string) => `The plan is made: ${operation}, in`,
  cancelled: (what: string) => `${what} is being cancelled; its message shows how that goes.`,
  approvalCounts: (waitingFor: number) => `Your approval counts; ${waitingFor} more needed.`,
  retried: (operation: string) => `${operation} is tried again.`,
  plannedAnew: (what: string, operation: string) => `${what} is planned anew: ${operation}, in`,
  rolledBack: (operation: string) => `${operation} is being rolled back.`,
  cannotMove: (vm: string, target: string) => `${vm} cannot be moved to ${target} now:`,
  whoMay: 'Who may:',
};
