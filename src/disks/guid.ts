/** GUIDs as Windows stores them: the first three fields little-endian, the rest as written. */

export const GUID_BYTES = 16;
export const GUID_ZERO = '00000000-0000-0000-0000-000000000000';

const GUID_TEXT = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/;

/** Lower-case, without braces. */
export function guidFrom(bytes: Buffer, at: number): string {
  const hex = (start: number, end: number) => bytes.toString('hex', at + start, at + end);
  const number = (start: number, length: number) =>
    bytes
      .readUIntLE(at + start, length)
      .toString(16)
      .padStart(length * 2, '0');
  return `${number(0, 4)}-${number(4, 2)}-${number(6, 2)}-${hex(8, 10)}-${hex(10, 16)}`;
}

export function guidInto(bytes: Buffer, at: number, guid: string): void {
  const hex = guid.replaceAll('-', '');
  bytes.writeUInt32LE(Number.parseInt(hex.slice(0, 8), 16), at);
  bytes.writeUInt16LE(Number.parseInt(hex.slice(8, 12), 16), at + 4);
  bytes.writeUInt16LE(Number.parseInt(hex.slice(12, 16), 16), at + 6);
  bytes.write(hex.slice(16), at + 8, 'hex');
}

/** `{…}` or bare, in any case, as lower-case without braces; `undefined` when it is no GUID. */
export function guidFromText(text: string): string | undefined {
  return GUID_TEXT.exec(text.toLowerCase())?.[1];
}
