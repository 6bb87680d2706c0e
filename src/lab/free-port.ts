/** A port for a program that is started, ended and started again, and stays where it was. */

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below what operating systems give to outgoing connections: Linux from 32768 on, Windows from 49152. */
const FIRST = 20_000;
const END = 32_768;
const TRIES_MAX = 100;

/** One on which nobody listens on the loopback address now. Nothing keeps it free. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const port = randomInt(FIRST, END);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port was found from ${FIRST} to ${END}`);
}

function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
}
