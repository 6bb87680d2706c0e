/** Words of configuration, hosts, requests and the workers' own problems. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import { migrationLine } from '../typed.ts';

const list = (names: Fact | undefined): string =>
  Array.isArray(names) && names.length > 0 ? names.join(', ') : 'none';

const VMS_SHOWN_MAX = 5;

function firstVms(names: Fact | undefined): string {
  const rest = Array.isArray(names) ? names.slice(VMS_SHOWN_MAX).length : 0;
  const first = Array.isArray(names) ? names.slice(0, VMS_SHOWN_MAX) : names;
  return `${list(first)}${rest > 0 ? ` and ${rest} more` : ''}`;
}

const mib = (bytes: Fact | undefined): string => `${Math.ceil(Number(bytes) / 2 ** 20)} MiB`;

export const operationProblems = {
  'config-invalid': ({ variable, problem }) => ({
    text: `The environment variable ${variable} ${problem}.`,
    remedy: 'Set it as .env.example shows, and start again.',
  }),
  'config-missing': ({ variable }) => ({
    text: `The environment variable ${variable} is missing.`,
    remedy:
      'Set it as .env.example shows, or name the file that sets it before the command, with --env.',
  }),
  'reservation-no-space': ({ host, volume, missing }) => ({
    text: `${host} lacks ${mib(missing)} on ${volume} for this copy and those under way.`,
    remedy: `Free space on ${volume} of ${host}, or wait for the other migrations.`,
  }),
  'reservation-no-memory': ({ host, missing }) => ({
    text: `${host} lacks ${mib(missing)} of memory for this VM and those under way.`,
    remedy: `Free memory on ${host}, or wait for the other migrations.`,
  }),
  'reservation-no-slot': ({ host, slots }) => ({
    text: `${host} takes no more than ${slots} migrations at a time.`,
    remedy: 'Wait for one of them to end, and ask again.',
  }),
  'question-from-stranger': ({ operation }) => ({
    text: `A host that has no part in ${operation} asked about it.`,
    remedy: 'Look at the log for its address. Nothing was told or done.',
  }),
  'not-a-party': ({ vm }) => ({
    text: `This host has no part in the migration of ${vm}.`,
    remedy: 'Use the command on the source or the target host.',
  }),
  'peer-wrong-registration': ({ host }) => ({
    text: `${host} is registered with another key than the one that was enrolled.`,
    remedy: `If ${host} was installed anew, enrol it again: /migrate enroll ${host} CODE.`,
  }),
  'operation-unknown': ({ operation }) => ({
    text: `The store knows no operation ${operation}.`,
    remedy: 'Type /migrate status to see the operations.',
  }),
  'vm-claimed': ({ vm, holder }) => ({
    text: `${vm} is being worked on by ${holder}.`,
    remedy: `Wait for ${holder} to end, or cancel it: /migrate cancel ${vm}.`,
  }),
  'left-over-claimed': ({ vm, host, holder }) => ({
    text: `${holder} has not yet cleaned up what it left of ${vm} on ${host}.`,
    remedy: `See that the Ferry worker on ${host} runs: it cleans up by itself. Then ask again.`,
  }),
  'store-set-back': ({ tries }) => ({
    text: `The store was set back: it gave ${tries} numbers that operations have already.`,
    remedy: 'Ask again. Restore the newest copy of the store if there is one.',
  }),
  'bot-runs-already': ({ state }) => ({
    text: `A bot already runs here with the folder ${state}.`,
    remedy: 'Stop it first. One bot serves all hosts.',
  }),
  'env-file-unreadable': ({ file, reason }) => ({
    text: `The environment file ${file} cannot be read: ${reason}.`,
    remedy: 'Name a file that is there with --env, or copy .env.example.',
  }),
  'operation-over': ({ operation, outcome }) => ({
    text: `${operation} is over: ${outcome}.`,
    remedy: 'Nothing is left to do with it. Start a new one with /migrate <vm> to <host>.',
  }),
  'past-point-of-no-return': ({ operation, vm, host }) => ({
    text: `${operation} cannot be taken back: ${vm} has been started on ${host}, or may have been.`,
    remedy: `Let it end, then move ${vm} back with /migrate.`,
  }),
  'pause-too-late': ({ operation, vm }) => ({
    text: `${operation} is in its cutover: a pause now would keep ${vm} off.`,
    remedy: `Let it end, or take it back with /migrate cancel ${vm}.`,
  }),
  'not-paused': ({ operation }) => ({
    text: `${operation} is not paused.`,
    remedy: 'Type /migrate status to see what it does.',
  }),
  'going-back': ({ operation }) => ({
    text: `${operation} is being taken back: nothing more is copied.`,
    remedy: 'Wait until it is over. Then start a new one with /migrate <vm> to <host>.',
  }),
  'replan-other-disks': ({ vm, disks }) => ({
    text: `${vm} has other disks than those that are copied: ${list(disks)} came, went or changed size.`,
    remedy: `Type /migrate cancel ${vm}, then ask for the migration anew; or undo the change.`,
  }),
  'nothing-to-retry': ({ operation }) => ({
    text: `${operation} does not wait for anybody.`,
    remedy: 'Type /migrate status to see what it does.',
  }),
  'retry-vm-moved': ({ vm, host, operation, source, target }) => ({
    text: `${vm} is on ${host} now; ${operation} was to move it from ${source} to ${target}.`,
    remedy:
      host === target
        ? `It is where ${operation} was to bring it: nothing is left to do.`
        : `To move it from ${host}, type /migrate "${vm}" to ${target}.`,
  }),
  'retry-other-vm': ({ vm, host, operation, target }) => ({
    text: `The VM ${vm} on ${host} is not the one of ${operation}: it has another Id.`,
    remedy: `If this one is meant, type /migrate "${vm}" to ${target}.`,
  }),
  'retry-needs-bot': ({ vm, host }) => ({
    text: `The migration of ${vm} was rolled back: trying again is a new one with a new approval.`,
    remedy: `Type /migrate ${vm} to ${host} in Slack.`,
  }),
  'nothing-to-cancel': ({ vm }) => ({
    text: `No migration of ${vm} is under way.`,
    remedy: 'Type /migrate status to see what is.',
  }),
  'enrolment-unknown-host': ({ host, known }) => ({
    text: `No worker of a host ${host} has registered. Registered: ${list(known)}.`,
    remedy: `Start the worker on ${host}, then type the code that it prints.`,
  }),
  'host-unknown': ({ host, known }) => ({
    text: `There is no host ${host}. Enrolled: ${list(known)}.`,
    remedy: 'Type /migrate hosts to see the hosts, or enrol it with /migrate enroll.',
  }),
  'host-not-enrolled': ({ host }) => ({
    text: `${host} is not enrolled.`,
    remedy: `Type /migrate enroll ${host} CODE, with the code that its worker printed.`,
  }),
  'host-away': ({ host }) => ({
    text: `The worker of ${host} does not answer.`,
    remedy: `Start the Ferry worker on ${host}, and ask again.`,
  }),
  'same-host': ({ vm, host }) => ({
    text: `${vm} is already on ${host}.`,
    remedy: 'Name another host, or leave it where it is.',
  }),
  /** One host says so of itself, or all were asked. */
  'vm-unknown': ({ host, vm, known, silent }) =>
    host === undefined
      ? {
          text:
            `No host that answers has a VM ${vm}. VMs: ${firstVms(known)}. ` +
            `Silent hosts: ${list(silent)}.`,
          remedy:
            'Type the name as /migrate hosts shows it, or start the worker of the silent host.',
        }
      : {
          text: `${host} has no VM ${vm}.`,
          remedy: `List the VMs of ${host} with "/migrate hosts", and check the name.`,
        },
  'worker-runs-already': ({ host }) => ({
    text: `A worker of ${host} already runs here.`,
    remedy: 'Stop it first. One worker serves a host.',
  }),
  'path-outside-root': ({ path, root }) => ({
    text: `The plan names ${path}, which is not under ${root}.`,
    remedy: 'Nothing was written. Look for the cause before you try again.',
  }),
  'unfence-store-answers': ({ operation }) => ({
    text: 'The store answers, so the journal decides about the fence.',
    remedy: `Use: ${migrationLine('rollback', operation)}`,
  }),
  'unfence-not-source': ({ operation, host }) => ({
    text: `The fence of ${operation} is on ${host}, not here.`,
    remedy: `Use the command on ${host}.`,
  }),
  'off-longer-than-planned': ({ vm, seconds }) => ({
    text: `${vm} has been off for longer than the ${seconds} s that were approved.`,
    remedy: 'See below what its hosts do. Ferry goes on by itself while both workers run.',
  }),
  'takes-longer-than-planned': ({ vm, seconds }) => ({
    text: `The migration of ${vm} takes longer than the ${seconds} s that were planned.`,
    remedy: `Look at the rate in its message. Wait, or type /migrate cancel ${vm}.`,
  }),
  'host-does-not-act': ({ vm, host, seconds }) => ({
    text: `${host} should act on ${vm} and has not for ${seconds} s.`,
    remedy: `Start the Ferry worker on ${host}, and look at its log.`,
  }),
  'lab-fault-unknown': ({ fault, known }) => ({
    text: `The lab has no fault ${fault}. It has: ${list(known)}.`,
    remedy: 'Name one of these.',
  }),
  'lab-fault-needs-own-store': () => ({
    text: "This fault breaks the store, and a store of your own is not the lab's to break.",
    remedy: 'Leave out --store and STORE_URL.',
  }),
  'lab-command-failed': ({ command, output }) => ({
    text: `The command "${command}" failed: ${output}`,
    remedy: "Read the logs in the lab's folder.",
  }),
  'lab-process-failed': ({ name, logFile }) => ({
    text: `The lab's process ${name} ended before it was ready.`,
    remedy: `Read ${logFile}.`,
  }),
} satisfies Record<string, TextOf>;
