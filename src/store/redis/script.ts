/** The append as one Lua script: Redis runs it whole or not at all. */

import type { Addition } from '../codec.ts';

export interface JournalKeys {
  /** List of `<at> <entry as JSON>`. */
  readonly journal: string;
  /** Hash: operation to the hash of its last entry. */
  readonly heads: string;
  /** Hash: claim to the operation that holds it. */
  readonly claims: string;
  /** Sorted sets of operations: by the number of their latest change, and by that of their first. */
  readonly changes: string;
  readonly operations: string;
  readonly open: string;
  /** Hash: the last change number, the last operation number. */
  readonly counters: string;
}

export function journalKeys(namespace: string, operation: string): JournalKeys {
  return {
    journal: `${namespace}:journal:${operation}`,
    heads: `${namespace}:heads`,
    claims: `${namespace}:claims`,
    changes: `${namespace}:changes`,
    operations: `${namespace}:operations`,
    open: `${namespace}:open`,
    counters: `${namespace}:counters`,
  };
}

/**
 * KEYS as in `keysOf`; ARGV[1] the addition as JSON, then the entries. A change number is the clock
 * in microseconds or one more than the last: it also grows past what a reader saw before the
 * store was set back.
 */
export const APPEND = `
local journal, heads, claims, changes, operations, open, counters = unpack(KEYS)
local add = cjson.decode(ARGV[1])
local head = redis.call('HGET', heads, add.operation) or ''
if redis.call('LLEN', journal) ~= add.length or head ~= add.head then return {'lost'} end
for _, claim in ipairs(add.take) do
  local holder = redis.call('HGET', claims, claim)
  if holder and holder ~= add.operation then return {'claimed', claim, holder} end
end

local time = redis.call('TIME')
local at = string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000))
local change = math.max(time[1] * 1000000 + time[2],
  tonumber(redis.call('HGET', counters, 'change') or '0') + 1)
change = string.format('%.0f', change)

for index = 2, #ARGV do redis.call('RPUSH', journal, at .. ' ' .. ARGV[index]) end
redis.call('HSET', heads, add.operation, add.headAfter)
for _, claim in ipairs(add.take) do redis.call('HSET', claims, claim, add.operation) end
for _, claim in ipairs(add.release) do
  if redis.call('HGET', claims, claim) == add.operation then redis.call('HDEL', claims, claim) end
end
redis.call('HSET', counters, 'change', change)
redis.call('ZADD', changes, change, add.operation)
redis.call('ZADD', operations, 'NX', change, add.operation)
if add.closes then
  redis.call('ZREM', open, add.operation)
elseif add.length == 0 then
  redis.call('ZADD', open, 'NX', change, add.operation)
end
local number = tonumber(string.match(add.operation, '^m(%d+)$') or '0')
if number > tonumber(redis.call('HGET', counters, 'operation') or '0') then
  redis.call('HSET', counters, 'operation', string.format('%.0f', number))
end
return {'appended', at}
`;

export const keysOf = (keys: JournalKeys): string[] => [
  keys.journal,
  keys.heads,
  keys.claims,
  keys.changes,
  keys.operations,
  keys.open,
  keys.counters,
];

/** ARGV of the script. */
export function argumentsOf({ texts, ...addition }: Addition): string[] {
  return [JSON.stringify(addition), ...texts];
}
