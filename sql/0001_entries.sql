-- The lowest cache tier: one row per entry. `value` is the entry's stored form, which carries all its
-- times; the columns repeat those that queries need. Times are milliseconds since 1970, UTC.
--
-- A rowid table on purpose: in one WITHOUT ROWID every value above a quarter page goes to overflow
-- pages, which for entries of 1 to 3 KB measured three times the size and five times the time.
CREATE TABLE entries (
  key         TEXT    NOT NULL PRIMARY KEY,
  value       BLOB    NOT NULL,
  fetched_at  INTEGER NOT NULL,
  stale_until INTEGER NOT NULL
);

-- Pruning takes what ends first.
CREATE INDEX entries_by_end ON entries (stale_until);
