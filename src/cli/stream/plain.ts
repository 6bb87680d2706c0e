/** The stream without TLS, so that its price can be measured. Nothing keeps strangers out, or from reading. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Address, DialOptions, Listening } from '../../stream/link.ts';

/** In place of a key: whoever comes. */
export const PLAIN_KEY = 'plain';

/** The first byte of a question's `POST`; frames begin with the number of their kind. */
const QUESTION = 'P'.charCodeAt(0);

export interface PlainListening {
  readonly address: Address;
  readonly onStream: (socket: Socket) => void;
  readonly onQuestion: (socket: Socket) => void;
}

export async function listenPlain({
  address,
  onStream,
  onQuestion,
}: PlainListening): Promise<Listening> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    // Whoever takes it over listens for more.
    socket.on('error', () => socket.destroy());
    socket.once('readable', () => {
      const bytes = socket.read() as Buffer | null;
      if (bytes === null) {
        socket.destroy();
        return;
      }
      const take = bytes[0] === QUESTION ? onQuestion : onStream;
      socket.unshift(bytes);
      take(socket);
    });
  });
  server.listen(address);
  await once(server, 'listening');
  const bound = server.address() as AddressInfo;
  return {
    address: { host: bound.address, port: bound.port },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

export const dialPlain = async ({ peer, onread, signal }: DialOptions): Promise<Socket> => {
  const options = { ...peer.address, noDelay: true };
  const socket = connect({ ...options, ...(onread && { onread }), ...(signal && { signal }) });
  await once(socket, 'connect', signal ? { signal } : {});
  return socket;
};
