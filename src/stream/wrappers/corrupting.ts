/** A wire that damages what goes over it, once, where it is told to: for tests and the lab's faults. */

import type { Socket } from 'node:net';

/** `damages` is asked for each write until it says yes; the last byte of that one arrives as another. */
export function corrupting<Wire extends Socket>(
  socket: Wire,
  damages: (bytes: Buffer) => boolean,
): Wire {
  const write = socket.write.bind(socket);
  let isDone = false;
  const writeOrDamage = (bytes: Buffer, onSent?: () => void): boolean => {
    if (isDone || !damages(bytes)) return write(bytes, onSent);
    isDone = true;
    const last = bytes.length - 1;
    return write(Buffer.concat([bytes.subarray(0, last), Buffer.of(~(bytes[last] ?? 0))]), onSent);
  };
  return Object.assign(socket, { write: writeOrDamage });
}
