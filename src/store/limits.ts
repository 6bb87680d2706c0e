/** What the store accepts and returns at most. */

/** Entries of one journal: some hundred are usual, each kept-warm round adds two. */
export const ENTRIES_MAX = 10_000;
/** Keys that `Records.keys` returns. */
export const RECORDS_MAX = 10_000;
/** Operations that `open`, `list` and one call of `changes` return. */
export const OPERATIONS_MAX = 10_000;
/** One entry or record as JSON. */
export const VALUE_BYTES_MAX = 1_048_576;

/** A call that has no answer by then fails with `store-unreachable`. */
export const CALL_SECONDS_MAX = 5;
export const CONNECT_SECONDS_MAX = 3;
