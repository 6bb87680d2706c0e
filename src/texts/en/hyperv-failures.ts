/** Why Hyper-V did not move a VM: the failure catalogue (facts C), each with Windows' own words. */

import type { TextOf } from '../catalogue.ts';
import { listText } from './amounts.ts';
import { quoted } from './windows.ts';

const STAYS = 'The VM runs on where it is.';

const connection = {
  'move-no-credentials': ({ vm, source, target, message }) => ({
    text: `${source} could not prove to ${target} who it is, so ${vm} was not moved.${quoted(message)}`,
    remedy: `Choose Kerberos on both hosts and allow constrained delegation from ${source} to ${target}: "/migrate doctor ${source}" prints the commands. Then let the tickets of ${source} be renewed, and retry.`,
  }),
  'move-wrong-principal': ({ vm, source, target, message }) => ({
    text: `${source} reached another computer than ${target} under that name or address, so ${vm} was not moved.${quoted(message)}`,
    remedy: `Correct the DNS entry of ${target} and the migration networks of both hosts; look for the same service name on two accounts with setspn -X. Then retry.`,
  }),
  'move-access-denied': ({ vm, source, target, message }) => ({
    text: `Windows denied access while ${vm} was to go from ${source} to ${target}.${quoted(message)}`,
    remedy: `Make the worker's account an administrator of both hosts, and add cifs to the delegation of ${source} to ${target}. Then retry.`,
  }),
  'move-share-unreachable': ({ vm, source, target, message }) => ({
    text: `${source} does not reach the shares of ${target}, over which the disks of ${vm} go.${quoted(message)}`,
    remedy: `Open file sharing (TCP 445) on ${target} for ${source}, then retry. ${STAYS}`,
  }),
  'move-logon-not-granted': ({ vm, source, target, message }) => ({
    text: `${target} does not let virtual machines log on as a service, so ${vm} was not moved from ${source}.${quoted(message)}`,
    remedy: `Give the group NT VIRTUAL MACHINE\\Virtual Machines the right "Log on as a service" in the policy of ${target}, then retry.`,
  }),
  'move-refused-connection': ({ vm, source, target, message }) => ({
    text: `${target} refused the connection of ${source} for ${vm}: nothing listens for live migrations there.${quoted(message)}`,
    remedy: `Run Enable-VMMigration on ${target}; if it is enabled, restart the service vmms there when nothing moves. Then retry.`,
  }),
  'move-connection-timeout': ({ vm, source, target, message }) => ({
    text: `${source} got no answer from ${target} while it was to move ${vm}.${quoted(message)}`,
    remedy: `Open TCP 6600 between ${source} and ${target} in the migration network, and check its addresses and packet size. Then retry.`,
  }),
  'move-connection-lost': ({ vm, source, target, message }) => ({
    text: `${target} broke off the connection with ${source} while ${vm} was moving.${quoted(message)}`,
    remedy: `Look first into the log Hyper-V-VMMS-Admin on ${target}: memory, network card and antivirus are the usual causes. ${STAYS}`,
  }),
  'move-socket-forbidden': ({ vm, source, target, message }) => ({
    text: `A filter on ${source} or ${target} forbids the connection for ${vm}.${quoted(message)}`,
    remedy: `Allow TCP 6600 and 445 between ${source} and ${target} in the firewall and the antivirus of both, then retry.`,
  }),
  'move-too-slow': ({ vm, source, target, message }) => ({
    text: `The move of ${vm} from ${source} to ${target} took Windows too long, and it gave up.${quoted(message)}`,
    remedy: `Retry when ${source}, ${target} and their network are less busy. ${STAYS}`,
  }),
  'move-no-management': ({ vm, source, target, message }) => ({
    text: `${source} cannot talk to the management service of ${target}, so ${vm} was not moved.${quoted(message)}`,
    remedy: `Check the name of ${target} in the DNS, WinRM (TCP 5985) and the proxy settings of ${source}. Then retry.`,
  }),
  'move-listener-disabled': ({ vm, source, target, message }) => ({
    text: `${target} has closed its ear for live migrations, so ${vm} was not moved from ${source}.${quoted(message)}`,
    remedy: `Give ${target} a usable migration network, then restart the service vmms there when nothing moves, and retry.`,
  }),
} satisfies Record<string, TextOf>;

const fit = {
  'move-memory-short': ({ vm, source, target, message }) => ({
    text: `${target} lacks the memory for ${vm}, which stays on ${source}.${quoted(message)}`,
    remedy: `Free memory on ${target}, then retry.`,
  }),
  'move-switch-missing': ({ vm, source, target, message }) => ({
    text: `${target} has no virtual switch of the name that ${vm} uses on ${source}.${quoted(message)}`,
    remedy: `Make a switch of that name on ${target}, or plan again with another network for ${vm}.`,
  }),
  'move-medium-missing': ({ vm, source, target, message }) => ({
    text: `${target} does not find the ISO that is in a drive of ${vm} on ${source}.${quoted(message)}`,
    remedy: `Eject it with Set-VMDvdDrive, then retry.`,
  }),
  'move-disk-missing': ({ vm, source, target, message }) => ({
    text: `${target} does not reach a disk of ${vm} that stays where it is, as ${source} sees it.${quoted(message)}`,
    remedy: `Let ${target} reach that storage, or plan again so that the disk goes along.`,
  }),
  'move-setup-failed': ({ vm, source, target, message }) => ({
    text: `${target} could not take the configuration of ${vm} from ${source}.${quoted(message)}`,
    remedy: `Compare the virtual switches of ${source} and ${target}, and the rights on the folder for VMs of ${target}. Then retry.`,
  }),
  'move-path-missing': ({ vm, source, target, message }) => ({
    text: `${target} lacks a drive or folder that the configuration of ${vm} names, as it is on ${source}.${quoted(message)}`,
    remedy: `Make that drive letter or folder on ${target}, look for files left there, then retry. ${STAYS}`,
  }),
  'move-version-unsupported': ({ vm, source, target, message }) => ({
    text: `${target} does not run the configuration version that ${vm} has on ${source}.${quoted(message)}`,
    remedy: `Move ${vm} to a newer host instead, or ask again with the word stream.`,
  }),
  'move-processor-differs': ({ vm, source, target, message }) => ({
    text: `${vm} uses features of the processor of ${source} that ${target} lacks.${quoted(message)}`,
    remedy: `Shut ${vm} down, run Set-VMProcessor with -CompatibilityForMigrationEnabled, start it and retry; or ask again with the word stream.`,
  }),
  'move-key-protector': ({ vm, source, target, message }) => ({
    text: `${target} cannot open the key protector of ${vm}, which ${source} can.${quoted(message)}`,
    remedy: `Export the guardian certificates with their private keys from ${source}, import them on ${target}, then retry.`,
  }),
  'move-disk-full': ({ vm, source, target, message }) => ({
    text: `A volume ran full while ${vm} was to go from ${source} to ${target}.${quoted(message)}`,
    remedy: `Free space on both hosts, then retry. A VM that Windows paused for it goes on by itself.`,
  }),
} satisfies Record<string, TextOf>;

const busy = {
  'move-limit-reached': ({ vm, source, target, message }) => ({
    text: `${source} or ${target} moves as many VMs already as it may, so ${vm} did not go.${quoted(message)}`,
    remedy: `Retry when one of those moves is over, or raise the limit with Set-VMHost.`,
  }),
  'move-exists-at-target': ({ vm, source, target, message }) => ({
    text: `${target} knows a VM of the Id of ${vm} already, which ${source} was to send.${quoted(message)}`,
    remedy: `If it is a planned VM of an earlier attempt, it goes by itself within a minute; else look on ${target} what it is. Then retry.`,
  }),
  'move-vm-busy': ({ vm, source, target, message }) => ({
    text: `Windows was busy with ${vm} on ${source}, for example with its backup, and did not move it to ${target}.${quoted(message)}`,
    remedy: `Wait until that is over, then retry.`,
  }),
  'move-file-in-use': ({ vm, source, target, message }) => ({
    text: `A file of ${vm} is in use by another program on ${source} or ${target}.${quoted(message)}`,
    remedy: `End the backup or scan that holds it, exclude the folders of VMs from the antivirus, then retry.`,
  }),
  'move-file-missing': ({ vm, source, target, message }) => ({
    text: `Windows does not find a file of ${vm}, which was to go from ${source} to ${target}.${quoted(message)}`,
    remedy: `See with Get-VHD on ${source} whether each disk and its parents are there before you do anything else.`,
  }),
  'move-cluster-refused': ({ vm, source, target, message }) => ({
    text: `The cluster does not let ${vm} go from ${source} to ${target}.${quoted(message)}`,
    remedy: `Make ${target} a possible owner of the role, see that the node is up, and that a cluster network may carry live migrations. Then retry.`,
  }),
  'move-elsewhere': ({ vm, source, target, elsewhere }) => ({
    text: `Somebody else moves ${vm} or its storage on ${source}${elsewhere ? ` to ${elsewhere}` : ''}, so it was not sent to ${target}.`,
    remedy: `Wait until that move is over, then plan again from where ${vm} is.`,
  }),
} satisfies Record<string, TextOf>;

const ends = {
  'move-asks-in-vain': ({ host, vm }) => ({
    text: `${host} was asked to move ${vm}, and Windows neither did it nor answered.`,
    remedy: `Look at the service vmms on ${host}; restart it when nothing moves, then retry.`,
  }),
  'move-cancelled': ({ vm, source, target }) => ({
    text: `The move of ${vm} from ${source} to ${target} was cancelled.`,
    remedy: `Nothing is to be done: ${vm} runs on ${source} as before. Start again when it may move.`,
  }),
  'move-left-over': ({ vm, source, target, planned, files, message }) => {
    const what = [
      ...(planned ? ['a planned VM'] : []),
      ...(Array.isArray(files) && files.length > 0 ? [listText(files)] : []),
    ];
    return {
      text: `${vm} is on ${source} as before, and ${target} still has ${what.join(' and ') || 'something'} of a move that is over.${quoted(message)}`,
      remedy: `On ${target} end the planned VM with DestroySystem of Msvm_VirtualSystemManagementService, and delete those files if no VM there uses them. Then retry.`,
    };
  },
  'move-refused': ({ vm, source, target, message, hresult }) => ({
    text: `Hyper-V did not move ${vm} from ${source} to ${target}${hresult ? ` (${hresult})` : ''}.${quoted(message)}`,
    remedy: `Look into the logs Hyper-V-VMMS-Admin on ${target} and on ${source}; the cause is often told on ${target} alone. ${STAYS}`,
  }),
  'move-without-effect': ({ vm, source, target }) => ({
    text: `Windows called the move of ${vm} complete, and yet it is on ${source} and not on ${target}.`,
    remedy: `Look into the log Hyper-V-VMMS-Admin on both hosts, then retry. ${STAYS}`,
  }),
} satisfies Record<string, TextOf>;

export const hypervFailureProblems = { ...connection, ...fit, ...busy, ...ends };
