/** The cable between two lab hosts: passes bytes on, and can be pulled. */

import { connect, createServer, type Socket } from 'node:net';

export interface Relay {
  /** Cuts every connection and takes no new one until `plug`. */
  unplug(): void;
  plug(): void;
  /** In both directions since the start. */
  readonly bytesPassed: number;
  readonly isPlugged: boolean;
  close(): Promise<void>;
}

export async function startRelay({
  port,
  toPort,
}: {
  port: number;
  toPort: number;
}): Promise<Relay> {
  const sockets = new Set<Socket>();
  let plugged = true;
  let bytesOfClosed = 0;
  const keep = (socket: Socket, other: Socket): void => {
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      bytesOfClosed += socket.bytesRead;
      other.destroy();
    });
    // The other side sees the end; a cable has nobody to tell.
    socket.on('error', () => other.destroy());
  };
  const server = createServer((near) => {
    if (!plugged) {
      near.destroy();
      return;
    }
    const far = connect(toPort, '127.0.0.1');
    keep(near, far);
    keep(far, near);
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((ready, failed) => {
    server.once('error', failed);
    server.listen(port, '127.0.0.1', ready);
  });
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    unplug() {
      plugged = false;
      cut();
    },
    plug() {
      plugged = true;
    },
    get bytesPassed() {
      return [...sockets].reduce((sum, { bytesRead }) => sum + bytesRead, bytesOfClosed);
    },
    get isPlugged() {
      return plugged;
    },
    close() {
      const closed = new Promise<void>((done) => server.close(() => done()));
      cut();
      return closed;
    },
  };
}
