/** The HTTP side: cmdlets, jobs, what a release lacks, and orders of tests. Loopback only. */

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { Dispatcher } from './dispatch.ts';
import { faultSchema } from './faults.ts';
import { icacls, icaclsSchema } from './icacls.ts';
import { lackName, PROFILES } from './profiles.ts';
import { type CmdletRequest, REQUEST_BYTES_MAX, requestSchema } from './wire.ts';
import type { World } from './world.ts';

/** Calls that a test can look at; older ones are forgotten. */
const CALLS_MAX = 20_000;

const orderSchema = z.discriminatedUnion('order', [
  z.object({ order: z.literal('fault'), fault: faultSchema }),
  z.object({ order: z.literal('clear-faults') }),
  z.object({ order: z.literal('hold'), percent: z.number() }),
  z.object({ order: z.literal('release') }),
]);
export type Order = z.infer<typeof orderSchema>;

export interface Routes {
  readonly world: World;
  readonly dispatcher: Dispatcher;
  /** Every cmdlet that was asked for, oldest first. */
  readonly calls: CmdletRequest[];
}

export async function listen(routes: Routes): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void reply(routes, request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => closed(server) };
}

function closed(server: Server): Promise<void> {
  const ended = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeAllConnections();
  return ended;
}

async function reply(
  routes: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const send = (status: number, value: unknown): void => {
    // Whoever asked may be dead; what it asked for is done all the same.
    if (response.destroyed) return;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  try {
    const url = new URL(request.url ?? '/', 'http://simulator');
    send(200, await route(routes, `${request.method} ${url.pathname}`, { url, request }));
  } catch (error) {
    send(500, { error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

async function route(
  { world, dispatcher, calls }: Routes,
  path: string,
  { url, request }: { url: URL; request: IncomingMessage },
): Promise<unknown> {
  switch (path) {
    case 'POST /cmdlet': {
      const asked = requestSchema.parse(JSON.parse(await bodyOf(request)));
      calls.push(asked);
      if (calls.length > CALLS_MAX) calls.shift();
      return dispatcher.answer(asked);
    }
    case 'GET /job':
      return dispatcher.job(url.searchParams.get('id') ?? '');
    case 'GET /profile':
      return lacksOf(world, url.searchParams.get('host') ?? '');
    case 'POST /icacls':
      return icacls(world, icaclsSchema.parse(JSON.parse(await bodyOf(request))));
    case 'POST /met':
      return met(world, JSON.parse(await bodyOf(request)));
    case 'POST /control':
      return obey(world, orderSchema.parse(JSON.parse(await bodyOf(request))));
    default:
      throw new RangeError(`There is no ${path}`);
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    const chunk = piece as Buffer;
    bytes += chunk.length;
    if (bytes > REQUEST_BYTES_MAX) throw new RangeError('The request is too long');
    pieces.push(chunk);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** Cmdlets and modules that a host has not; parameters by cmdlet, properties by class. */
function lacksOf(world: World, host: string) {
  const { profile, roleInstalled } = world.overlayOf(host);
  const cmdlets: string[] = [];
  const parameters = new Map<string, string[]>();
  const properties = new Map<string, string[]>();
  for (const lack of PROFILES[profile].lacks) {
    if ('type' in lack)
      properties.set(lack.type, [...(properties.get(lack.type) ?? []), lack.property]);
    else if (lack.parameter === undefined) cmdlets.push(lack.cmdlet);
    else parameters.set(lack.cmdlet, [...(parameters.get(lack.cmdlet) ?? []), lack.parameter]);
  }
  const modules = [
    ...(roleInstalled ? [] : ['Hyper-V']),
    ...(world.clusterOf(host) === undefined ? ['FailoverClusters'] : []),
  ];
  return {
    profile,
    build: PROFILES[profile].build,
    lacks: {
      modules,
      cmdlets,
      parameters: Object.fromEntries(parameters),
      properties: Object.fromEntries(properties),
    },
  };
}

const metSchema = z.object({ host: z.string(), lack: z.string() });

/** A shell says that somebody looked for what it does not have: a lack, as `lackName` writes it. */
function met(world: World, told: unknown): object {
  const { host: given, lack: name } = metSchema.parse(told);
  const host = world.hostName(given) ?? given;
  const { lacks } = PROFILES[world.overlayOf(host).profile];
  const lack = lacks.find((each) => lackName(each).toLowerCase() === name.toLowerCase());
  if (lack !== undefined) world.meet(host, lackName(lack));
  return {};
}

function obey(world: World, order: Order): object {
  switch (order.order) {
    case 'fault':
      world.faults.add(order.fault);
      return {};
    case 'clear-faults':
      world.faults.clear();
      return {};
    case 'hold':
      world.hold.set(order.percent);
      return {};
    case 'release':
      world.hold.release();
      return {};
  }
}
