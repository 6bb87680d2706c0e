/** A relay on loopback between target and source that counts, damages and breaks what passes. */

import { connect, createServer, type Socket } from 'node:net';

export interface Relay extends AsyncDisposable {
  readonly port: number;
  /** From the source to the target, of all connections. */
  readonly bytesPassed: () => number;
  /** Closes all connections. */
  cut(): void;
  /** Closes the newest alone. */
  cutOne(): void;
}

/** `onBytes` may change what goes to the target. */
export async function openRelay(
  portOf: () => number,
  onBytes: (bytes: Buffer, proxy: Relay) => void = () => {},
): Promise<Relay> {
  const sockets = new Set<Socket>();
  let bytesPassed = 0;
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ host: '127.0.0.1', port: portOf(), noDelay: true });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      // A relay that breaks is what the test wants; both ends notice by themselves.
      one.on('error', () => other.destroy());
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    near.pipe(far);
    far.on('data', (bytes: Buffer) => {
      bytesPassed += bytes.length;
      onBytes(bytes, proxy);
      if (!near.write(bytes)) far.pause();
    });
    near.on('drain', () => far.resume());
    far.on('end', () => near.end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const proxy: Relay = {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    bytesPassed: () => bytesPassed,
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    cutOne() {
      [...sockets].at(-1)?.destroy();
    },
    async [Symbol.asyncDispose]() {
      proxy.cut();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}
