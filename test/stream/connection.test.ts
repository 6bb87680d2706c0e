import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Connection, controlOf } from '../../src/stream/connection.ts';
import { FrameBuffers, frameMemory } from '../../src/stream/frame-buffers.ts';

let server: Server;
let near: Connection;
let far: Connection;
beforeEach(async () => {
  const accepted = Promise.withResolvers<Socket>();
  server = createServer((socket) => accepted.resolve(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  near = new Connection(connect(port, '127.0.0.1'));
  far = new Connection(await accepted.promise);
});
afterEach(async () => {
  near[Symbol.dispose]();
  far[Symbol.dispose]();
  await new Promise((resolve) => server.close(resolve));
});

const frame = { kind: 'data', payloadBytes: 10_000 } as const;

async function filled() {
  const buffer = await new FrameBuffers({ min: 1, max: 1 }, frameMemory(0)).take();
  buffer.payload.fill(7, 0, frame.payloadBytes);
  return buffer;
}

describe('a frame that goes out in parts', () => {
  it('is whole before anything else goes out', async () => {
    const gates = Array.from({ length: 3 }, () => Promise.withResolvers<void>());
    const left = [...gates];
    const sending = near.sendData(await filled(), frame, async (bytesMax) => {
      await left.shift()?.promise;
      return Math.min(bytesMax, 3000);
    });
    gates[0]?.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    const message = near.send({ kind: 'roundEnd', round: 1, checkpoints: 1 });
    for (const gate of gates) gate.resolve();
    await Promise.all([sending, message]);
    const data = await far.next();
    expect(data.payload.equals(Buffer.alloc(frame.payloadBytes, 7))).toBe(true);
    expect(controlOf(await far.next()).kind).toBe('roundEnd');
  });

  it('takes its connection with it when it cannot be finished', async () => {
    let parts = 0;
    const sending = near.sendData(await filled(), frame, async () => {
      parts += 1;
      if (parts === 3) throw new Error('Told to stop');
      return 1000;
    });
    await expect(sending).rejects.toThrow('Told to stop');
    expect(near.closed).toBe(true);
    await expect(far.next()).rejects.toThrow('The connection broke');
  });

  it('leaves its connection as it was when nothing of it was sent', async () => {
    const told = new Error('Told to stop');
    const sending = near.sendData(await filled(), frame, () => Promise.reject(told));
    await expect(sending).rejects.toThrow(told);
    await near.send({ kind: 'roundEnd', round: 1, checkpoints: 0 });
    expect(controlOf(await far.next()).kind).toBe('roundEnd');
  });
});
