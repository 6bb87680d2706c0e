/** For each mutant of a live move a schedule on which it is found out. */

import type { Fault } from '../schedule.ts';
import { CALM_DELETE } from '../schedule.ts';
import { at, type Killer, on, onLive, STUCK, setBack } from './killer.ts';

const cancel: Fault = { kind: 'cancel' };
const crash: Fault = { kind: 'crash', seconds: 1 };
const turnsOff: Fault = { kind: 'person turns off' };
const unreadable = (seconds: number): Fault => ({ kind: 'target unreadable', seconds });
const late = (seconds: number): Fault => ({ kind: 'move begins late', seconds });

const onDelete = (finds: string, fault: Fault): Killer =>
  on(finds, [at('idle hv-b', 0, fault)], CALM_DELETE);

/** As many as are written from the approval to the move. */
const SINCE_APPROVED = 7;

export const LIVE_KILLERS: Readonly<Record<string, Killer>> = {
  'success taken from the job': onLive(`${STUCK}run`, [
    at('run carryOut', 0, { kind: 'move lies' }),
  ]),
  'a second move when a worker comes back': onLive('m1 asks for a second move while one runs', [
    at('run moveLive', 12, crash),
  ]),
  'a move that begins late is not waited for': onLive(
    'm1 settled at hv-a: a move of it still runs',
    [at('run carryOut', 0, late(2))],
  ),
  // The request is on its way for as long as the next worker watches, and a little longer.
  'a request on its way is let through': onLive(`${STUCK}needs a person`, [
    at('run moveLive', 3, cancel),
    at('run moveLive', 4, { kind: 'late effect', seconds: 1, lateSeconds: 21.8 }),
  ]),
  'unknown treated as not moved': onLive(`${STUCK}needs a person`, [
    at('run moveLive', 12, unreadable(60)),
  ]),
  'a stopping worker cancels the move': onLive('m1 cancels a move that nobody wants back', [
    at('run moveLive', 12, { kind: 'stop', seconds: 1 }),
  ]),
  'a cancel asked for while nobody ran it is not obeyed at once': onLive(
    'm1 begins to move the VM though it was cancelled',
    [at('run carryOut', 0, late(2)), at('run moveLive', 6, cancel), at('run moveLive', 7, crash)],
  ),
  // The bot that comes back knows no more than the store, and asks once more, in vain.
  'a store that lost the move is obeyed': onLive('m1 cancels a move that nobody wants back', [
    at('run recheck', 0, { kind: 'bot crash', seconds: 60 }),
    at('run carryOut', 0, { kind: 'move lasts', seconds: 400 }),
    at('run moveLive', 12, setBack(SINCE_APPROVED)),
  ]),
  'a move has no point of no return': onLive(`${STUCK}needs a person`, [
    at('run moveLive', 12, unreadable(60)),
  ]),
  'who wants it back is not an answer': onLive(
    `${STUCK}needs a person`,
    [at('run moveLive', 0, unreadable(400))],
    { answer: 'roll back' },
  ),
  'carryIn left out on the way back': onLive('m1 settled at hv-a: its medium is not back', [
    at('run moveLive', 12, cancel),
  ]),
  'carryIn without what the journal says': onLive('m1 settled at hv-b: its medium is not back', []),
  'settled without a look': onLive('m1 settled at hv-b: it was off, and nobody was told', [
    at('run moveLive', 0, turnsOff),
  ]),
  'what a person turned off is started': onLive('m1 starts the VM that a person turned off', [
    at('run moveLive', 0, turnsOff),
  ]),
  'a copy in use is deleted': onDelete('m1 deletes a copy that is in use', {
    kind: 'copy used',
    index: 1,
  }),
  'a copy that nobody agreed to is deleted': onDelete('m1 deletes a copy that nobody agreed to', {
    kind: 'copy renewed',
    index: 0,
  }),
  'an undo that fails says why it goes back': onLive(`${STUCK}needs a person`, [
    at('idle hv-a', 0, { kind: 'person moves', asPlanned: false }),
  ]),
};
