import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { Problem } from '../../src/domain/problem.ts';
import { signRecord, verifiedRecord } from '../../src/trust/signed-record.ts';
import { newKey } from './journal-fixture.ts';

const bot = newKey();
const stranger = newKey();
const schema = z.strictObject({ host: z.string(), since: z.number() });
const value = { host: 'hv-a', since: 1 };
const KEY = 'maintenance/hv-a';
const stored = <T>(record: T): T =>
  record === undefined ? record : JSON.parse(JSON.stringify(record));

const read = (record: unknown, key = KEY, { publicKey } = bot) =>
  verifiedRecord(record, { key, publicKey, schema });
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    return error instanceof Problem ? error.code : String(error);
  }
  return 'believed';
};

describe('a record that the bot signed', () => {
  const record = signRecord(bot, KEY, value);

  it('is believed as the store returns it', () => {
    expect(read(stored(record))).toEqual(value);
  });

  it('is believed under its own key alone, and from nobody else', () => {
    expect(codeOf(() => read(record, 'maintenance/hv-b'))).toBe('record-forged');
    expect(codeOf(() => read(record, KEY, stranger))).toBe('record-forged');
    expect(codeOf(() => read(signRecord(stranger, KEY, value)))).toBe('record-forged');
  });

  it('is refused when any of it was changed, or is of another form', () => {
    for (const changed of [
      { ...record, value: { ...value, since: 2 } },
      { ...record, signature: record.signature.replace(/^./, (c) => (c === 'A' ? 'B' : 'A')) },
      { value },
      undefined,
      'text',
      signRecord(bot, KEY, { host: 'hv-a' }),
    ]) {
      expect(codeOf(() => read(stored(changed)))).toBe('record-forged');
    }
  });
});
