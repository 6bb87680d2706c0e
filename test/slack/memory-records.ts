/** The store's records in memory, as JSON, so that what cannot be stored shows. */

import { canonicalJson } from '../../src/domain/plan.ts';
import type { MessageRecords } from '../../src/slack/ports.ts';

export interface MemoryRecords extends MessageRecords {
  readonly values: Map<string, string>;
}

export function memoryRecords(): MemoryRecords {
  const values = new Map<string, string>();
  const textOf = (value: unknown) => (value === undefined ? undefined : canonicalJson(value));
  return {
    values,
    async get(key) {
      const text = values.get(key);
      return text === undefined ? undefined : JSON.parse(text);
    },
    async put(key, value) {
      values.set(key, canonicalJson(value));
    },
    async compareAndSet(key, expected, value) {
      if (values.get(key) !== textOf(expected)) return false;
      values.set(key, canonicalJson(value));
      return true;
    },
  };
}
