/** One worker a host: a lock that the system takes back when its holder dies, however it dies. */

import { createHash } from 'node:crypto';
import { createServer } from 'node:net';
import { Problem } from '../domain/problem.ts';

/**
 * Held until the process ends. Linux: an abstract socket; Windows: a named pipe.
 * @throws {Problem} worker-runs-already {host}
 */
export async function holdWorkerLock(host: string, state: string): Promise<AsyncDisposable> {
  const id = createHash('sha256').update(`${host}\n${state}`).digest('hex').slice(0, 24);
  const name = process.platform === 'win32' ? `\\\\.\\pipe\\ferry-${id}` : `\0ferry-worker-${id}`;
  const server = createServer((socket) => socket.destroy());
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', (cause) => {
    reject(new Problem('worker-runs-already', { host }, { cause }));
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
