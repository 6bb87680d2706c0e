/** The tables and the append function. Each statement can run again at any time. */

/** Serialises schema creation; any fixed number. */
const SCHEMA_LOCK = 0x46455252;

/** `s` is a checked plain identifier. */
export const schemaSql = (s: string): string => `
BEGIN;
SELECT pg_advisory_xact_lock(${SCHEMA_LOCK});
CREATE SCHEMA IF NOT EXISTS ${s};

CREATE TABLE IF NOT EXISTS ${s}.store (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  id text NOT NULL,
  change bigint NOT NULL DEFAULT 0,
  operation bigint NOT NULL DEFAULT 0
);
INSERT INTO ${s}.store (id) VALUES (gen_random_uuid()) ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS ${s}.operations (
  operation text PRIMARY KEY,
  length integer NOT NULL,
  head text NOT NULL,
  created bigint NOT NULL,
  changed bigint NOT NULL,
  closed boolean NOT NULL
);
CREATE INDEX IF NOT EXISTS operations_changed ON ${s}.operations (changed);
CREATE INDEX IF NOT EXISTS operations_created ON ${s}.operations (created);

CREATE TABLE IF NOT EXISTS ${s}.entries (
  operation text NOT NULL,
  position integer NOT NULL,
  at bigint NOT NULL,
  entry text NOT NULL,
  PRIMARY KEY (operation, position)
);
CREATE TABLE IF NOT EXISTS ${s}.claims (claim text PRIMARY KEY, holder text NOT NULL);
CREATE TABLE IF NOT EXISTS ${s}.records (key text COLLATE "C" PRIMARY KEY, value text NOT NULL);

${appendFunction(s)}
COMMIT;
`;

/**
 * The only row of \`store\` is locked first: appends happen one after the other, so that change
 * numbers become visible in their order and a reader's cursor misses none. A change number is the
 * clock in microseconds or one more than the last: it also grows past what a reader saw before the
 * store was set back.
 */
const appendFunction = (s: string) => `
CREATE OR REPLACE FUNCTION ${s}.append(
  _operation text, _length integer, _head text, _entries text[], _head_after text,
  _closes boolean, _take text[], _release text[],
  OUT result text, OUT at bigint, OUT claim text, OUT holder text
) LANGUAGE plpgsql AS $append$
DECLARE
  _clock bigint;
  _change bigint;
  _found record;
BEGIN
  SELECT store.change + 1 INTO _change FROM ${s}.store FOR UPDATE;
  SELECT o.length, o.head INTO _found FROM ${s}.operations o WHERE o.operation = _operation;
  IF coalesce(_found.length, 0) <> _length OR coalesce(_found.head, '') <> _head THEN
    result := 'lost';
    RETURN;
  END IF;
  SELECT c.claim, c.holder INTO claim, holder FROM ${s}.claims c
    WHERE c.claim = ANY (_take) AND c.holder <> _operation
    ORDER BY array_position(_take, c.claim) LIMIT 1;
  IF FOUND THEN
    result := 'claimed';
    RETURN;
  END IF;

  _clock := floor(extract(epoch FROM clock_timestamp()) * 1000000);
  _change := greatest(_change, _clock);
  at := _clock / 1000;
  INSERT INTO ${s}.entries (operation, position, at, entry)
    SELECT _operation, _length + n, append.at, text
    FROM unnest(_entries) WITH ORDINALITY AS added (text, n);
  INSERT INTO ${s}.operations AS o (operation, length, head, created, changed, closed)
    VALUES (_operation, _length + cardinality(_entries), _head_after, _change, _change, _closes)
    ON CONFLICT (operation) DO UPDATE SET
      length = excluded.length, head = excluded.head, changed = excluded.changed,
      closed = o.closed OR excluded.closed;
  INSERT INTO ${s}.claims (claim, holder) SELECT unnest(_take), _operation ON CONFLICT DO NOTHING;
  DELETE FROM ${s}.claims c WHERE c.claim = ANY (_release) AND c.holder = _operation;
  UPDATE ${s}.store SET
    change = _change,
    operation = greatest(operation, substring(_operation FROM '^m([0-9]{1,15})$')::bigint);
  result := 'appended';
END
$append$;
`;
