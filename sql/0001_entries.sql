-- The lowest cache tier: one row per entry. `value` is the entry's stored form, which carries all its
-- times; the columns repeat those that queries need. Times are milliseconds since 1970, UTC.
CREATE TABLE entries (
  key         TEXT    NOT NULL PRIMARY KEY,
  value       BLOB    NOT NULL,
  fetched_at  INTEGER NOT NULL,
  stale_until INTEGER NOT NULL
) WITHOUT ROWID;

-- Pruning takes what ends first.
CREATE INDEX entries_by_end ON entries (stale_until);
