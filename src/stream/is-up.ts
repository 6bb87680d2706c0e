/** Whether a host is there at all, whatever its worker does. */

import { connect } from 'node:net';
import type { Address } from './link.ts';

/** Both come from a system that runs: one that is gone answers nothing. */
const REFUSALS: readonly string[] = ['ECONNREFUSED', 'ECONNRESET'];

export interface Looking {
  /** How long it may take to answer, and how long a connection must stay. */
  readonly timeoutSeconds: number;
  /** In the lab a cable is a process, which closes what it does not pass on. */
  readonly closedMeansGone?: boolean;
}

/** True where anything at the address takes a connection or refuses it; false without an answer. */
export async function isUp(
  { host, port }: Address,
  { timeoutSeconds, closedMeansGone = false }: Looking,
): Promise<boolean> {
  const socket = connect({ host, port });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let isConnected = false;
  const timer = setTimeout(() => resolve(isConnected), timeoutSeconds * 1000);
  socket.once('connect', () => {
    isConnected = true;
    if (!closedMeansGone) resolve(true);
  });
  socket.once('error', ({ code }: NodeJS.ErrnoException) =>
    resolve(!closedMeansGone && code !== undefined && REFUSALS.includes(code)),
  );
  socket.once('close', () => resolve(isConnected && !closedMeansGone));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
}
