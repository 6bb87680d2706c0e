/** A VM shut down and started, and what can be said for certain of either. */

import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { type Facts, Problem } from '../../../domain/problem.ts';
import type { StartResult, StopResult } from '../../host.ts';
import { stateOf } from '../facts/vm.ts';
import { act, type HyperVOptions } from '../options.ts';
import type { RoundsCall } from '../rounds/rounds.ts';
import { isAsClosed, noteClosed } from './closed.ts';
import { lookAtFence } from './look.ts';

/** The script's own time beside what the guest takes. */
const EXTRA_SECONDS = 60;
const START_SECONDS_MAX = 300;
const POLL_SECONDS = 2;
/** ERROR_TIMEOUT: the guest was asked, and may yet obey. */
const TIMEOUT = '0x800705B4';

const failureSchema = z.object({ message: z.string(), hresult: z.string().nullable() }).nullable();
const stopSchema = z.object({
  name: z.string(),
  was: z.string(),
  state: z.string(),
  failure: failureSchema,
});
const startSchema = z.object({ state: z.string(), failure: failureSchema });

type Call = Pick<RoundsCall, 'vmId' | 'token' | 'pace'>;

/**
 * Windows itself gives a guest some minutes; one that is slower is waited for until the limit.
 * @throws Problem `stop-refused` with Windows' words when the guest was not even asked, `epoch-behind`
 */
export async function stop(
  options: HyperVOptions,
  timeoutSeconds: number,
  { vmId, token, pace }: Call,
): Promise<StopResult> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  const effect = {
    schema: stopSchema,
    timeoutSeconds: timeoutSeconds + EXTRA_SECONDS,
    vmId,
    token,
  };
  const { name, was, state, failure } = await act(options, 'stop-vm', effect);
  const wasOff = stateOf(was) === 'Off';
  let isOff = stateOf(state) === 'Off';
  if (!isOff && failure !== null && failure.hresult !== TIMEOUT) {
    throw new Problem('stop-refused', { host: options.name, vm: name, ...said(failure) });
  }
  const { pollSeconds = POLL_SECONDS } = pace ?? {};
  while (!isOff && Date.now() < deadline) {
    await sleep(pollSeconds * 1000);
    isOff = stateOf((await lookAtFence(options, vmId)).state) === 'Off';
  }
  if (!isOff) return 'will not stop';
  // Before anything could start it again: from here on its disks tell whether it ran.
  if (options.computerName === undefined) {
    await noteClosed(options, vmId, (await lookAtFence(options, vmId)).disks);
  }
  return wasOff ? 'was off' : 'stopped';
}

/**
 * @throws Problem `vm-fenced`, `disk-missing`, `epoch-behind`; `start-unknown` with Windows' words when it
 * may have run
 */
export async function start(options: HyperVOptions, { vmId, token }: Call): Promise<StartResult> {
  const effect = { schema: startSchema, timeoutSeconds: START_SECONDS_MAX, vmId, token };
  const { state, failure } = await act(options, 'start-vm', effect);
  const now = stateOf(state);
  if (now === 'Running' || now === 'Starting') return 'ran';
  const { name: vm, disks } = await lookAtFence(options, vmId);
  const isProven =
    now === 'Off' && options.computerName === undefined && (await isAsClosed(options, vmId, disks));
  if (isProven) return failure === null ? {} : { message: failure.message.trim() };
  throw new Problem('start-unknown', { host: options.name, vm, ...said(failure) });
}

const said = (failure: z.infer<typeof failureSchema>): Facts =>
  failure === null
    ? {}
    : { message: failure.message.trim(), ...(failure.hresult && { hresult: failure.hresult }) };
