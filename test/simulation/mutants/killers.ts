/** For each mutant a schedule on which it is found out, and the invariant that finds it. */

import type { Fault, Trigger } from '../schedule.ts';
import { at, type Killer, on, STUCK, setBack } from './killer.ts';
import { LIVE_KILLERS } from './live-killers.ts';
import { OFF_KILLERS } from './off-killers.ts';

const cancel: Fault = { kind: 'cancel' };
const pause: Fault = { kind: 'pause', seconds: null };
const personStarts: Fault = { kind: 'person starts', host: 'hv-a' };
const linkDown = (seconds: number): Fault => ({ kind: 'link down', seconds });
const delay = (seconds: number): Fault => ({ kind: 'delay', seconds });

/**
 * The source takes the VM back and hears that the store is the one of the fence; then the store
 * forgets it, and the target, which was slow, goes on to start the VM while the fence falls.
 */
const FORGOTTEN_WHILE_TAKEN_BACK: readonly Trigger[] = [
  at('run registerTarget', 3, cancel),
  at('run registerTarget', 4, delay(6)),
  at('undo fenceSource', 0, linkDown(2)),
  at('undo fenceSource', 5, setBack(2)),
  at('undo fenceSource', 6, delay(12)),
  at('run startTarget', 0, personStarts),
];

/** The target starts the VM, which the store forgets before anyone else has seen it. */
const forgottenStart = (linkSeconds: number): readonly Trigger[] => [
  at('run startTarget', 0, linkDown(linkSeconds)),
  at('run startTarget', 11, setBack(1)),
  at('run startTarget', 12, cancel),
];

const BOTH = 'the VM runs on both hosts';

const STREAM_KILLERS: Readonly<Record<string, Killer>> = {
  'undo waits for the target': on(`${STUCK}undo`, [
    at('run copyLastRound', 3, { kind: 'never returns', host: 'hv-b' }),
    at('run copyLastRound', 4, cancel),
  ]),
  'undo oldest first': on(`${STUCK}needs a person`, [at('run copyLastRound', 3, cancel)]),
  'undo only what is done': on('m1 settled at hv-a: its start action is Nothing', [
    at('run forbidSourceStart', 4, { kind: 'failure' }),
  ]),
  'no forbidSourceStart': on('the boot of hv-a started the VM in the cutover', [
    at('run fenceSource', 2, { kind: 'reboot', host: 'hv-a', seconds: 10 }),
  ]),
  'no fence': on(BOTH, [
    at('run startTarget', 0, linkDown(400)),
    at('run startTarget', 1, personStarts),
  ]),
  'target imported with automatic start': on('the boot of hv-b started the VM in the cutover', [
    at('run startTarget', 14, { kind: 'reboot', host: 'hv-b', seconds: 10 }),
  ]),
  'claim dropped': on('m2 acts (openRound 0) while m1 has the VM', [
    at('idle hv-a', 0, { kind: 'second operation' }),
  ]),
  'linkage check dropped': on('hv-b runs without all writes', [
    at('run copyDirtyRounds', 0, { kind: 'checkpoint lost', orphan: true }),
  ]),
  'epoch not compared': on('m1 settled at hv-a: its start action is Nothing', [
    at('run forbidSourceStart', 0, { kind: 'late effect', seconds: 5, lateSeconds: 120 }),
    at('run copyLastRound', 0, cancel),
  ]),
  'point of no return ignored': on(BOTH, [
    at('run startTarget', 9, cancel),
    at('run startTarget', 10, delay(5)),
  ]),
  'the target not asked': on(BOTH, forgottenStart(1)),
  'the source not told': on(BOTH, FORGOTTEN_WHILE_TAKEN_BACK),
  'a fence that is being taken back counts': on(BOTH, FORGOTTEN_WHILE_TAKEN_BACK),
  'signature not checked': on('m1 stops the VM though nobody approved', [
    at('run compareDisks', 0, { kind: 'forged', what: 'approved' }),
  ]),
  'a store that is behind is believed': on(
    `${STUCK}rolled back`,
    [at('idle hv-b', 0, cancel), at('idle hv-a', 9, setBack(1))],
    { approveSeconds: 1 },
  ),
  'the store is not compared with that of the fence': on(BOTH, forgottenStart(400)),
  'a rollback settles without the source': on('m1 settled at hv-a: it is still tracked', [
    at('run trackChanges', 0, setBack(1)),
    at('run trackChanges', 1, cancel),
  ]),
  'keepWarm puts off the expiry': on(`${STUCK}await approval`, [], { approveSeconds: null }),
  'a pause obeyed while the VM is off': on('off for longer than planned, and no alert', [
    at('run fenceSource', 4, pause),
  ]),
  'a pause never expires': on(`${STUCK}paused`, [at('run copyWholeDisks', 0, pause)]),
  'approval bound to the old plan': on(
    'm1 stops the VM though nobody approved',
    [at('keepWarm catchUp', 2, { kind: 'approve' }), at('keepWarm catchUp', 3, { kind: 'replan' })],
    { approveSeconds: 100 },
  ),
  'a cutover that has begun is planned anew': on('m1 stops the VM though nobody approved', [
    at('run forbidSourceStart', 0, { kind: 'replan' }),
  ]),
  'the time of the start ignored': on('m1 acts (openRound 0) before its time', [], {
    startSeconds: 60,
  }),
  'the time of the cutover ignored': on('m1 cuts over (stop) before its time', [], {
    cutoverSeconds: 250,
  }),
};

export const KILLERS: Readonly<Record<string, Killer>> = {
  ...STREAM_KILLERS,
  ...OFF_KILLERS,
  ...LIVE_KILLERS,
};
