import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { isUp } from '../../src/stream/is-up.ts';

/** Takes connections and does with them as told. */
async function host(onConnection: (socket: Socket) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    sockets.push(socket);
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    address: { host: '127.0.0.1', port },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const quickly = { timeoutSeconds: 0.5 };

describe('whether a host is up', () => {
  it('one that takes the connection and says nothing is: its worker hangs', async () => {
    await using hung = await host(() => undefined);
    expect(await isUp(hung.address, quickly)).toBe(true);
    expect(await isUp(hung.address, { ...quickly, closedMeansGone: true })).toBe(true);
  });

  it('one that refuses is: a system runs that says so', async () => {
    const { address } = await host(() => undefined).then(async (gone) => {
      await gone[Symbol.asyncDispose]();
      return gone;
    });
    expect(await isUp(address, quickly)).toBe(true);
    expect(await isUp(address, { ...quickly, closedMeansGone: true })).toBe(false);
  });

  it('one that hangs up is; in the lab that is a pulled cable', async () => {
    await using closing = await host((socket) => socket.destroy());
    expect(await isUp(closing.address, quickly)).toBe(true);
    expect(await isUp(closing.address, { ...quickly, closedMeansGone: true })).toBe(false);
  });

  it('one that answers nothing is not', async () => {
    // Its process is stopped and its queue full: the kernel drops what comes, as a cut cable does.
    const program = `require('node:net').createServer().listen(
      { port: 0, host: '127.0.0.1', backlog: 1 }, function () { console.log(this.address().port) })`;
    const child = spawn(process.execPath, ['-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(child.stdout, 'data');
    child.kill('SIGSTOP');
    const address = { host: '127.0.0.1', port: Number(String(line)) };
    const filling = Array.from({ length: 8 }, () => connect(address).on('error', () => undefined));
    try {
      await once(filling[0] ?? child, 'connect');
      expect(await isUp(address, quickly)).toBe(false);
    } finally {
      for (const socket of filling) socket.destroy();
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
  });
});
