/** How operations of a run begin: by an entry of the bot, which takes what it claims. */

import { copyClaim, type Opened, vmClaim } from '../../src/domain/journal.ts';
import { type Plan, planHash } from '../../src/domain/plan.ts';
import { configurationFingerprint } from '../../src/domain/vm.ts';
import { openingOf, planOf } from '../fixtures/opening.ts';
import { factsOfVm } from './host.ts';
import { keptOf, nextEntry, remember } from './journals.ts';
import { deletionOf } from './kept.ts';
import { VM_ID } from './machines.ts';
import type { HostName } from './schedule.ts';
import { storeTime } from './store.ts';
import { type FakeHost, type FakeVm, note, otherHost, type World } from './world.ts';

/** Opens an operation of the schedule's list; refused as the bot and its preflight refuse. */
export function open(world: World): boolean {
  const from = Object.values(world.hosts).find(({ vm, up }) => up && vm && canMove(world, vm));
  const vm = from?.vm;
  if (!from || !vm || vm.fenced) return false;
  const { store } = world;
  const leftOver = [from.name, otherHost(from.name)].some((host) =>
    store.holder(copyClaim(VM_ID, host)),
  );
  // What the bot remembers and the store does not holds the VM too: its claim went with the store.
  const lost = [...world.kept.bot.keys()].some(
    (one) => !world.settled.has(one) && store.read(one).length === 0,
  );
  const isDeletion = world.schedule.list === 'delete@1';
  const inVain = isDeletion && world.hosts['hv-b'].kept.length === 0;
  if (leftOver || lost || inVain || store.away) return false;
  const operation = `m${world.kept.bot.size + 1}`;
  const body = isDeletion ? deletion(world) : migration(world, from, vm);
  const copies = isDeletion ? [copyClaim(VM_ID, body.plan.source)] : [];
  const claims = { take: [vmClaim(VM_ID), ...copies] };
  const appended = store.append(nextEntry([], { operation, author: 'bot', body }), claims);
  note(world, `bot opens ${operation} from ${from.name}: ${appended.result}`);
  if (appended.result !== 'appended') return false;
  remember(keptOf(world, 'bot', operation), [appended.entry]);
  return true;
}

/** A stream also moves what somebody shut down. */
const canMove = ({ schedule }: World, { running, turnedOffAt }: FakeVm): boolean =>
  running || (schedule.vmIsOff && turnedOffAt !== undefined);

const party = (name: string) => ({ name, publicKey: name });
const partiesOf = (source: HostName, target: HostName) => {
  return { bot: party('bot'), source: party(source), target: party(target) };
};

/** From wherever the VM is. */
function migration(world: World, { name: source }: FakeHost, vm: FakeVm): Opened {
  const { schedule } = world;
  const target = otherHost(source);
  const isLive = schedule.list === 'live@1';
  const live = { way: 'with storage' as const, target, folder: 'D:' };
  const plan = planOf({
    vm: { id: VM_ID, name: 'dc02' },
    source,
    target,
    startAction: schedule.startAction,
    configuration: configurationFingerprint(factsOfVm(world, vm)),
    bytesOnTargetMax: 1,
    ...(vm.running ? {} : { stop: 'already off' }),
    ...(isLive ? { method: 'live', stop: 'none', live } : {}),
    ...timesIn(world, isLive || !vm.running),
  });
  const list = isLive ? 'live@1' : 'stream@1';
  return openingOf(partiesOf(source, target), { plan, list });
}

/** What is done in one go begins with its cutover. */
function timesIn({ schedule }: World, inOneGo: boolean): Pick<Plan, 'startAt' | 'cutoverAt'> {
  const { startSeconds, cutoverSeconds } = schedule;
  const cutover = cutoverSeconds ?? (inOneGo ? startSeconds : null);
  return {
    ...(startSeconds === null || inOneGo ? {} : { startAt: storeTime(startSeconds * 1000) }),
    ...(cutover === null ? {} : { cutoverAt: storeTime(cutover * 1000) }),
  };
}

/** Of what hv-b keeps. */
function deletion({ hosts }: World): Opened {
  const plan = deletionOf(hosts['hv-b']);
  const opened = openingOf(partiesOf('hv-b', 'hv-b'));
  return { ...opened, operation: 'deletion', list: 'delete@1', plan, planHash: planHash(plan) };
}
