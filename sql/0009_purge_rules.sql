-- What was purged: copies that were fetched before it and agree with the pattern answer no more.
-- A row stays for as long as a tier may hold such a copy.
CREATE TABLE purge_rules (
  pattern    TEXT    NOT NULL PRIMARY KEY,  -- as a query: endpoint=v2.quotes&id=1&id=1027
  before_at  INTEGER NOT NULL,  -- milliseconds since 1970, UTC, as what follows
  held_until INTEGER NOT NULL
) WITHOUT ROWID;
