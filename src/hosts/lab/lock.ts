/** A lock between processes that the operating system releases when its holder dies. */

import { createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MILLISECONDS = 10;

/** Runs `act` alone among all processes. @throws `inVain()` when others held the lock for so long. */
export async function withLock<T>(
  path: string,
  { waitSeconds, inVain }: { waitSeconds: number; inVain: () => Error },
  act: () => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + waitSeconds * 1000;
  let held = await tryListen(path);
  while (held === undefined) {
    if (Date.now() > deadline) throw inVain();
    await sleep(POLL_MILLISECONDS);
    held = await tryListen(path);
  }
  try {
    return await act();
  } finally {
    await close(held);
  }
}

function tryListen(path: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    // Whoever connects by mistake is not kept: `close` would wait for it.
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error),
    );
    server.listen(path, () => resolve(server));
  });
}

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
  });
