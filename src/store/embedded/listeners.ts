/**
 * Who listens to which channel. PGlite has one session for all clients, so that it would deliver a
 * notification to whoever happens to run a statement; the front delivers it to those who asked.
 */

import { payloadOf, type ServerMessage, textsOf } from './messages.ts';

/** A listener that leaves so many bytes unread is cut off. */
const UNREAD_BYTES_MAX = 4 * 1_048_576;

/** A client's socket. */
export interface Listener {
  write(bytes: Buffer): unknown;
  readonly writableLength: number;
  destroy(): unknown;
}

export interface Listeners {
  /** Notes the LISTEN commands of a client's statement. */
  note(sql: string, listener: Listener): void;
  deliver(notification: ServerMessage): void;
  remove(listener: Listener): void;
}

const LISTEN = /(?:^|;)\s*listen\s+(?:"((?:[^"]|"")+)"|([\w$]+))/gi;
/** A notification begins with the process id of the sender. */
const PID_BYTES = 4;

export function listeners(): Listeners {
  const byChannel = new Map<string, Set<Listener>>();
  return {
    note(sql, listener) {
      for (const [, quoted, plain] of sql.matchAll(LISTEN)) {
        const channel = quoted?.replaceAll('""', '"') ?? plain?.toLowerCase() ?? '';
        byChannel.set(channel, (byChannel.get(channel) ?? new Set()).add(listener));
      }
    },

    deliver({ bytes }) {
      const [channel = ''] = textsOf(payloadOf(bytes).subarray(PID_BYTES), 1);
      for (const listener of byChannel.get(channel) ?? []) {
        if (listener.writableLength > UNREAD_BYTES_MAX) listener.destroy();
        else listener.write(bytes);
      }
    },

    remove(listener) {
      for (const [channel, set] of byChannel) {
        set.delete(listener);
        if (set.size === 0) byChannel.delete(channel);
      }
    },
  };
}
