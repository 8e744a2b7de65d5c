-- The credit ledger: what may still be spent survives a crash at any moment. Times are milliseconds
-- since 1970, UTC. An account is a provider key and its budget.

-- A call's row is committed before the call leaves (state 0, credits = the worst case), and updated
-- when it is settled. A row found held at the start belongs to a daemon that died: it becomes lost,
-- and its worst case counts as spent.
ALTER TABLE upstream_calls ADD COLUMN client    TEXT    NOT NULL DEFAULT '';  -- the token's name
ALTER TABLE upstream_calls ADD COLUMN predicted INTEGER NOT NULL DEFAULT 0;   -- by the price model
ALTER TABLE upstream_calls ADD COLUMN state     INTEGER NOT NULL DEFAULT 1;   -- 0 held, 1 settled, 2 lost

CREATE INDEX upstream_calls_held ON upstream_calls (account, id) WHERE state = 0;

-- What each window has spent, settled calls only: the account's own, and those of each client with a
-- budget.
CREATE TABLE credit_windows (
  account   TEXT    NOT NULL,
  client    TEXT    NOT NULL,  -- the token's name; '' for the account's own
  kind      TEXT    NOT NULL,  -- minute (requests), day, month (credits)
  starts_at INTEGER NOT NULL,
  ends_at   INTEGER NOT NULL,
  spent     INTEGER NOT NULL,
  PRIMARY KEY (account, client, kind, starts_at)
) WITHOUT ROWID;

-- Each account's limits as the provider told them last.
CREATE TABLE credit_plan (
  account             TEXT    NOT NULL PRIMARY KEY,
  read_at             INTEGER NOT NULL,
  requests_per_minute INTEGER NOT NULL,  -- 0: no limit, here and below
  per_day             INTEGER NOT NULL,
  per_month           INTEGER NOT NULL,
  anchor_day          INTEGER NOT NULL,  -- of the month, from 1
  anchor_time         INTEGER NOT NULL   -- milliseconds after midnight
) WITHOUT ROWID;

-- What the hours of a week ask for: credits that an hour would cost with freshness not stretched.
CREATE TABLE credit_pattern (
  account TEXT    NOT NULL,
  hour    INTEGER NOT NULL,  -- 0: Monday 00:00 to 01:00 UTC ... 167
  demand  REAL    NOT NULL,
  weight  REAL    NOT NULL,  -- of how many observations, older ones counting less
  PRIMARY KEY (account, hour)
) WITHOUT ROWID;

-- The spend mode set by hand.
CREATE TABLE spend_mode_order (
  account TEXT    NOT NULL PRIMARY KEY,
  mode    TEXT    NOT NULL,  -- normal, economise, foreground_only, cache_only
  until   INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE alerts (
  id      INTEGER PRIMARY KEY,
  account TEXT    NOT NULL,
  at      INTEGER NOT NULL,
  kind    TEXT    NOT NULL,  -- window, exhausted, forecast, drift, price, key, ledger, unreachable
  level   TEXT    NOT NULL,  -- warning, critical
  subject TEXT    NOT NULL,  -- which window, endpoint ...; '' where there is only one
  state   TEXT    NOT NULL,  -- raised, recovered
  value   REAL    NOT NULL,  -- what was seen, in the unit of the kind
  bound   REAL    NOT NULL,  -- what it was held against
  until   INTEGER NOT NULL,  -- the end of the window it is about; 0: of none
  message TEXT    NOT NULL
);

CREATE INDEX alerts_by_time ON alerts (at);
