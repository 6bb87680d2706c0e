/** One bot, one worker a host: locks that the system takes back when a holder dies, however it dies. */

import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { resolve as absolute } from 'node:path';
import { Problem } from '../domain/problem.ts';

/** @throws {Problem} worker-runs-already {host} */
export const holdWorkerLock = (host: string, state: string): Promise<AsyncDisposable> =>
  holdLock(`${host}\n${absolute(state)}`, new Problem('worker-runs-already', { host }));

/** Two bots on one folder would write into each other's memory. @throws {Problem} bot-runs-already {state} */
export const holdBotLock = (state: string): Promise<AsyncDisposable> =>
  holdLock(`bot of ferry\n${absolute(state)}`, new Problem('bot-runs-already', { state }));

/** Held until the process ends. Linux: an abstract socket; Windows: a named pipe. */
async function holdLock(what: string, taken: Problem): Promise<AsyncDisposable> {
  const id = createHash('sha256').update(what).digest('hex').slice(0, 24);
  const name = process.platform === 'win32' ? `\\\\.\\pipe\\ferry-${id}` : `\0ferry-worker-${id}`;
  const server = createServer((socket) => socket.destroy());
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (error: NodeJS.ErrnoException) => {
    reject(error.code === 'EADDRINUSE' ? taken : error);
  });
  server.listen(name, resolve);
  await promise;
  server.unref();
  return {
    async [Symbol.asyncDispose]() {
      await new Promise((done) => server.close(done));
    },
  };
}
