/** A simulator that answers what a test tells it, for the tests of the doubles themselves. */

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

export interface Asked {
  readonly host: string;
  readonly cmdlet: string;
  readonly set: string;
  readonly language: string;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface Told {
  readonly output?: readonly unknown[];
  readonly errors?: readonly object[];
  readonly warnings?: readonly string[];
  readonly hang?: boolean;
  /** The answer proper is at GET /job, once this is gone there. */
  readonly job?: string;
}

/** A text is sent as it is. */
type Answer = Told | string;

/** What a release lacks, as GET /profile tells it. */
export interface Lacks {
  readonly modules?: readonly string[];
  readonly cmdlets?: readonly string[];
  readonly parameters?: Readonly<Record<string, readonly string[]>>;
  readonly properties?: Readonly<Record<string, readonly string[]>>;
}

/** While it is open, PowerShells that are started find it. */
export async function openFakeSimulator(lacks: Lacks = {}) {
  const asked: Asked[] = [];
  const met: unknown[] = [];
  let job: Told = {};
  let answer: (request: Asked) => Answer | Promise<Answer> = () => ({});
  const reply = async (request: IncomingMessage): Promise<Answer | object> => {
    if (request.url?.startsWith('/profile')) return { lacks };
    if (request.url?.startsWith('/job')) return job;
    const body = (await json(request)) as Asked;
    if (request.url === '/met') return { told: met.push(body) };
    asked.push(body);
    return answer(body);
  };
  const server = createServer((request, response) => {
    reply(request).then(
      (told) => response.end(typeof told === 'string' ? told : JSON.stringify(told)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  process.env.FERRY_DOUBLE_URL = `http://127.0.0.1:${port}`;
  process.env.FERRY_DOUBLE_HOST = 'hv-a';
  return {
    asked,
    /** Lacking cmdlets that somebody looked for. */
    met,
    /** What GET /job answers. */
    tellJob(told: Told) {
      job = told;
    },
    /** Also forgets what was asked. */
    tell(told: Answer | ((request: Asked) => Answer | Promise<Answer>)) {
      asked.length = 0;
      answer = typeof told === 'function' ? told : () => told;
    },
    async close() {
      delete process.env.FERRY_DOUBLE_URL;
      delete process.env.FERRY_DOUBLE_HOST;
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
