/**
 * Messages of PostgreSQL's wire protocol 3.0, as far as our front speaks it.
 * Layout: <https://www.postgresql.org/docs/current/protocol-message-formats.html>.
 */

/** One message from a client, with its header. The first ones of a connection have no type. */
export interface ClientMessage {
  readonly type: 'startup' | 'encryption' | 'cancel' | (string & {});
  readonly bytes: Buffer;
}

/** One message of the database. */
export interface ServerMessage {
  readonly type: string;
  /** With its header, as it goes to a client. */
  readonly bytes: Buffer;
}

/** What a client sent is no protocol, or more than we take. Ends its connection. */
export class ProtocolError extends Error {
  /** SQLSTATE. */
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.name = 'ProtocolError';
    this.code = code;
  }
}

export const MESSAGE_BYTES_MAX = 16 * 1_048_576;
/** PostgreSQL's own limit: MAX_STARTUP_PACKET_LENGTH. */
export const STARTUP_BYTES_MAX = 10_000;

const LENGTH_BYTES = 4;
const TYPE_BYTES = 1;
const REQUEST = { startup: 196_608, cancel: 80_877_102, tls: 80_877_103, gss: 80_877_104 } as const;

export interface MessageReader {
  /** The messages that `chunk` completes. Throws `ProtocolError`. */
  push(chunk: Buffer): ClientMessage[];
}

/** Cuts a client's bytes into messages, however they are split. */
export function messageReader(): MessageReader {
  let chunks: Buffer[] = [];
  let bytesHeld = 0;
  let bytesNeeded = LENGTH_BYTES;
  let started = false;

  /** The next whole message of `bytes`, or undefined after noting how much it needs. */
  function take(bytes: Buffer): ClientMessage | undefined {
    const headerBytes = started ? TYPE_BYTES + LENGTH_BYTES : LENGTH_BYTES;
    bytesNeeded = headerBytes;
    if (bytes.length < headerBytes) return undefined;
    const length = bytes.readInt32BE(headerBytes - LENGTH_BYTES);
    const most = started ? MESSAGE_BYTES_MAX : STARTUP_BYTES_MAX;
    const least = started ? LENGTH_BYTES : 2 * LENGTH_BYTES;
    if (length < least || length > most) {
      throw new ProtocolError('08P01', `Invalid message length ${length}, at most ${most} bytes`);
    }
    bytesNeeded = headerBytes - LENGTH_BYTES + length;
    if (bytes.length < bytesNeeded) return undefined;
    const message = bytes.subarray(0, bytesNeeded);
    if (started) return { type: String.fromCharCode(message.readUInt8(0)), bytes: message };
    const type = startupType(message.readInt32BE(LENGTH_BYTES));
    started = type === 'startup';
    return { type, bytes: message };
  }

  return {
    push(chunk) {
      chunks.push(chunk);
      bytesHeld += chunk.length;
      const messages: ClientMessage[] = [];
      if (bytesHeld < bytesNeeded) return messages;
      let rest = Buffer.concat(chunks);
      for (let message = take(rest); message; message = take(rest)) {
        messages.push(message);
        rest = rest.subarray(message.bytes.length);
      }
      chunks = [rest];
      bytesHeld = rest.length;
      return messages;
    },
  };
}

function startupType(request: number): 'startup' | 'encryption' | 'cancel' {
  switch (request) {
    case REQUEST.startup:
      return 'startup';
    case REQUEST.tls:
    case REQUEST.gss:
      return 'encryption';
    case REQUEST.cancel:
      return 'cancel';
    default:
      throw new ProtocolError('08P01', `Unknown protocol version or request ${request}`);
  }
}

/** The names and values of a startup message. */
export function startupParameters({ bytes }: ClientMessage): Map<string, string> {
  const texts = bytes.toString('utf8', 2 * LENGTH_BYTES).split('\0');
  const parameters = new Map<string, string>();
  for (let index = 0; index + 1 < texts.length; index += 2) {
    const name = texts[index] ?? '';
    if (name !== '') parameters.set(name, texts[index + 1] ?? '');
  }
  return parameters;
}

/** The first `count` texts of a message behind its header; each is ended by a zero byte. */
export function textsOf(payload: Buffer, count: number): string[] {
  const texts: string[] = [];
  let from = 0;
  for (let index = 0; index < count; index += 1) {
    const end = payload.indexOf(0, from);
    if (end < 0) throw new ProtocolError('08P01', 'A text without its end');
    texts.push(payload.toString('utf8', from, end));
    from = end + 1;
  }
  return texts;
}

export const payloadOf = (bytes: Buffer): Buffer => bytes.subarray(TYPE_BYTES + LENGTH_BYTES);

/** Cuts what the database answered into its messages. It is trusted to be whole. */
export function serverMessages(output: Uint8Array): ServerMessage[] {
  const all = Buffer.from(output.buffer, output.byteOffset, output.byteLength);
  const messages: ServerMessage[] = [];
  let from = 0;
  while (from < all.length) {
    const end = from + TYPE_BYTES + all.readInt32BE(from + TYPE_BYTES);
    const bytes = all.subarray(from, end);
    messages.push({ type: String.fromCharCode(bytes.readUInt8(0)), bytes });
    from = end;
  }
  return messages;
}

/** A message with its header. A text field is ended by a zero byte. */
export function message(type: string, ...fields: readonly (Buffer | string)[]): Buffer {
  const payload = Buffer.concat(
    fields.map((field) => (typeof field === 'string' ? Buffer.from(`${field}\0`) : field)),
  );
  return Buffer.concat([Buffer.from(type), int32(payload.length + LENGTH_BYTES), payload]);
}

export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

export const query = (sql: string): Buffer => message('Q', sql);

/** ErrorResponse that ends the connection. */
export function fatalError({ code, message: text }: { code: string; message: string }): Buffer {
  return message('E', 'SFATAL', 'VFATAL', `C${code}`, `M${text}`, Buffer.of(0));
}
