-- What the hours of a week bring: 'asks' of clients, one for each key, and credits for what there
-- was no copy of, 'foreground'. What was learned in credits of copies alone says nothing of either.
DROP TABLE credit_pattern;

CREATE TABLE demand_pattern (
  account TEXT    NOT NULL,
  what    TEXT    NOT NULL,  -- asks, foreground
  hour    INTEGER NOT NULL,  -- 0: Monday 00:00 to 01:00 UTC ... 167
  amount  REAL    NOT NULL,
  weight  REAL    NOT NULL,  -- of how many observations, older ones counting less
  PRIMARY KEY (account, what, hour)
) WITHOUT ROWID;

-- Assets that a call brought for nothing beside those that it was made for.
ALTER TABLE upstream_calls ADD COLUMN riding INTEGER NOT NULL DEFAULT 0;

-- What clients ask for, of what a call can renew, one row for a key. Kept so that a restart need not
-- learn it again.
CREATE TABLE asked_keys (
  target     TEXT    NOT NULL PRIMARY KEY,  -- that asks the provider for it alone
  asks       REAL    NOT NULL,  -- of a day, at asked_at; older ones count less
  asked_at   INTEGER NOT NULL,  -- last, milliseconds since 1970, UTC
  fetched_at INTEGER NOT NULL,  -- its copy
  bytes      INTEGER NOT NULL   -- of its copy; 0: there was none
) WITHOUT ROWID;

CREATE INDEX asked_keys_by_time ON asked_keys (asked_at);
