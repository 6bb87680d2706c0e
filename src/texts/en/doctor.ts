/** Words of the doctor's findings about machines, store and hosts, each with the command that mends it. */

import type { Fact } from '../../domain/problem.ts';
import type { TextOf } from '../catalogue.ts';
import { bytesText, listText } from './amounts.ts';

const NOTHING = 'Nothing to do.';
const RESTART_WORKER = 'schtasks /Run /TN "Ferry worker"';

/** Findings name a machine by its host; the bot's own is `bot`. */
const on = (host: Fact | undefined): string =>
  host === 'bot' ? "the bot's machine" : String(host ?? 'a host');

const envOf = (host: Fact | undefined): string => (host === 'bot' ? 'bot.env' : `${host}.env`);
const doctor = (host: Fact | undefined): string =>
  `npm run -s ferry -- --env ${envOf(host)} doctor`;

const because = (reason: Fact | undefined): string => (reason === undefined ? '' : `: ${reason}`);

const machine = {
  'doctor-node-ok': ({ host, version }) => ({
    text: `Node ${version} runs on ${on(host)}.`,
    remedy: NOTHING,
  }),
  'doctor-node-old': ({ host, version, wanted }) => ({
    text: `Node ${version} on ${on(host)} is too old; Ferry needs ${wanted}.`,
    remedy: 'Start Ferry by "npm run -s ferry -- …", which brings its own Node, after "npm ci".',
  }),
  'doctor-state-ok': ({ host, folder }) => ({
    text: `The folder ${folder} on ${on(host)} can be written and is on a local disk.`,
    remedy: NOTHING,
  }),
  'doctor-state-unwritable': ({ host, folder, reason }) => ({
    text: `The folder ${folder} on ${on(host)} cannot be written: ${reason}`,
    remedy:
      'Give it to the user that Ferry runs as, or set FERRY_STATE to another folder. ' +
      `Windows: icacls "${folder}" /grant USER:(OI)(CI)M. Linux: chown -R USER "${folder}".`,
  }),
  'doctor-state-remote': ({ host, folder, fileSystem }) => ({
    text: `The folder ${folder} on ${on(host)} is not on this machine (${fileSystem}).`,
    remedy:
      'Stop Ferry, move the folder to a local disk, set FERRY_STATE to it, and start. ' +
      'What it flushes there must be on this disk, also when the network is gone.',
  }),
  'doctor-state-fleeting': ({ host, folder, fileSystem }) => ({
    text: `The folder ${folder} on ${on(host)} does not outlive a restart (${fileSystem}).`,
    remedy:
      'Set FERRY_STATE to a folder that stays. In a container mount a volume there: ' +
      'docker run -v ferry-state:/home/node/state …',
  }),
  'doctor-state-unknown': ({ host, folder }) => ({
    text: `The folder ${folder} on ${on(host)} can be written; it is not known whether its disk is local.`,
    remedy: `Look by hand, on Linux: findmnt -T "${folder}". It must not be a network share.`,
  }),
} satisfies Record<string, TextOf>;

const store = {
  'doctor-store-ok': ({ host, kind, url, settings }) => ({
    text: `${kind} at ${url} answers ${on(host)} and keeps what it acknowledges: ${listText(settings)}.`,
    remedy: NOTHING,
  }),
  'doctor-clock-ok': ({ host, seconds }) => ({
    text: `The clocks of ${on(host)} and of the store are ${Math.abs(Number(seconds))} s apart.`,
    remedy: NOTHING,
  }),
  'doctor-clock-off': ({ host, seconds }) => ({
    text:
      `The store's clock is ${Math.abs(Number(seconds))} s ` +
      `${Number(seconds) > 0 ? 'ahead of' : 'behind'} the clock of ${on(host)}.`,
    remedy: 'Set both by one time server. Windows: w32tm /resync. Linux: timedatectl set-ntp true.',
  }),
  'doctor-clock-unknown': ({ host }) => ({
    text: `The store's clock could not be read from ${on(host)}.`,
    remedy: `Mend the store first, then ask again: ${doctor(host)}`,
  }),
} satisfies Record<string, TextOf>;

const hosts = {
  'doctor-hosts-unknown': () => ({
    text: 'The hosts could not be asked: what they registered is in the store, which does not answer.',
    remedy: `Mend the store first, then ask again: ${doctor('bot')}`,
  }),
  'doctor-hosts-none': () => ({
    text: 'No host has registered.',
    remedy:
      'Start a worker on each host: npm run -s ferry -- --env HOST.env worker. ' +
      'Then type /migrate enroll HOST CODE with the code that it prints.',
  }),
  'doctor-host-ok': ({ host, version, seconds }) => ({
    text: `${host} is enrolled, was heard ${seconds} s ago and runs Ferry ${version}.`,
    remedy: NOTHING,
  }),
  'doctor-host-not-enrolled': ({ host }) => ({
    text: `${host} has registered and is not enrolled: nothing is moved there or away.`,
    remedy: `Type /migrate enroll ${host} CODE. Its worker prints the code at each start.`,
  }),
  'doctor-host-key-changed': ({ host }) => ({
    text: `The worker on ${host} has another key than the one that was enrolled.`,
    remedy:
      'If it was installed anew, type ' +
      `/migrate enroll ${host} CODE with the code that it prints now. Otherwise somebody else registered.`,
  }),
  'doctor-host-never-heard': ({ host }) => ({
    text: `${host} is enrolled and was never heard.`,
    remedy: `On ${host}: ${RESTART_WORKER}, or npm run -s ferry -- --env ${host}.env worker`,
  }),
  'doctor-host-silent': ({ host, seconds }) => ({
    text: `${host} was last heard ${seconds} s ago.`,
    remedy: `On ${host}: ${RESTART_WORKER}. If it runs there: ${doctor(host)}`,
  }),
  'doctor-host-unexamined': ({ host }) => ({
    text: `Not known of ${host}: its version, its disks, its clock, and whether it reaches the others.`,
    remedy: `On ${host}: ${doctor(host)}`,
  }),
  'doctor-version-ok': ({ host, version }) => ({
    text: `${host} and the bot run the same Ferry, ${version}.`,
    remedy: NOTHING,
  }),
  'doctor-version-differs': ({ host, version, wanted }) => ({
    text: `${host} runs Ferry ${version}, the bot ${wanted}.`,
    remedy: `When nothing is under way: put Ferry ${wanted} on ${host}, npm ci, and ${RESTART_WORKER}`,
  }),
  'doctor-reach-ok': ({ host, to, address, milliseconds }) => ({
    text: `${host} reaches ${to} at ${address} in ${milliseconds} ms.`,
    remedy: NOTHING,
  }),
  'doctor-reach-failed': ({ host, to, address, port, reason }) => ({
    text: `${host} does not reach ${to} at ${address}: ${reason}.`,
    remedy:
      `On ${to}: New-NetFirewallRule -DisplayName Ferry -Direction Inbound -Protocol TCP -LocalPort ${port} -Action Allow. ` +
      `On ${host}: Test-NetConnection ${String(address).replace(/:\d+$/, '')} -Port ${port}`,
  }),
  'doctor-reach-unknown': ({ host, to }) => ({
    text: `Whether ${host} reaches ${to} could not be tried: ${to} has not told its address, or ${host} has no key.`,
    remedy: `On ${to}: ${RESTART_WORKER}. Then on ${host}: ${doctor(host)}`,
  }),
  'doctor-space-ok': ({ host, volume, bytesFree }) => ({
    text: `${volume} on ${host} has ${bytesText(bytesFree)} free.`,
    remedy: NOTHING,
  }),
  'doctor-space-low': ({ host, volume, bytesFree, bytesReserved, bytesWanted }) => ({
    text:
      `${volume} on ${host} has ${bytesText(bytesFree)} free, of which ${bytesText(bytesReserved)} are ` +
      `promised; Ferry wants ${bytesText(bytesWanted)}.`,
    remedy: `Look for copies that nobody needs: /migrate copies. Or free space on ${volume}.`,
  }),
  'doctor-space-unknown': ({ host, volume }) => ({
    text: `The free space of ${volume} on ${host} could not be read.`,
    remedy: `On ${host}: Get-Volume`,
  }),
} satisfies Record<string, TextOf>;

const live = {
  'doctor-live-ok': ({ host, to, checks }) => ({
    text: `Live migration between ${host} and ${to}, both ways: ${checks} checks are well.`,
    remedy: NOTHING,
  }),
  'doctor-live-served': ({ host, build }) => ({
    text:
      `${host} runs a Windows before 2016 (build ${build}), where no worker runs: another host's worker ` +
      'serves it, and VMs move there and away live only.',
    remedy: NOTHING,
  }),
  'doctor-live-unknown': ({ host, to, reason }) => ({
    text: `Whether VMs can move live between ${host} and ${to} is not known: ${to} did not answer${because(reason)}.`,
    remedy: `On ${to}: ${RESTART_WORKER}. Then on ${host}: ${doctor(host)}`,
  }),
} satisfies Record<string, TextOf>;

export const doctorProblems = {
  ...machine,
  ...store,
  ...hosts,
  ...live,
} satisfies Record<string, TextOf>;
