-- Usage: how many requests were asked, by whom, and what they cost, in rows per minute, hour, day and
-- month (UTC). One flush adds to all four, so nothing is ever rolled up later. Times are milliseconds
-- since 1970, UTC; bounds of the latency counts stand in usage/rollup.hpp.

-- Kept for days.
CREATE TABLE usage_minutes (
  starts_at        INTEGER NOT NULL,
  endpoint         TEXT    NOT NULL,
  client           TEXT    NOT NULL,
  requests         INTEGER NOT NULL,
  hits             INTEGER NOT NULL,  -- answered from the cache: all fresh, nothing fetched
  stale            INTEGER NOT NULL,
  misses           INTEGER NOT NULL,  -- all of it fetched
  partial          INTEGER NOT NULL,  -- some of it fetched
  forwarded        INTEGER NOT NULL,
  refused          INTEGER NOT NULL,
  failed           INTEGER NOT NULL,
  credits          INTEGER NOT NULL,  -- that these requests cost
  worth            INTEGER NOT NULL,  -- that they would have cost without a cache
  bytes            INTEGER NOT NULL,
  latency_us       INTEGER NOT NULL,  -- the sum
  latency_0        INTEGER NOT NULL,
  latency_1        INTEGER NOT NULL,
  latency_2        INTEGER NOT NULL,
  latency_3        INTEGER NOT NULL,
  latency_4        INTEGER NOT NULL,
  latency_5        INTEGER NOT NULL,
  latency_6        INTEGER NOT NULL,
  latency_7        INTEGER NOT NULL,
  latency_8        INTEGER NOT NULL,
  latency_9        INTEGER NOT NULL,
  latency_10       INTEGER NOT NULL,
  latency_11       INTEGER NOT NULL,
  PRIMARY KEY (starts_at, endpoint, client)
) WITHOUT ROWID;

-- Kept for months.
CREATE TABLE usage_hours (
  starts_at        INTEGER NOT NULL,
  endpoint         TEXT    NOT NULL,
  client           TEXT    NOT NULL,
  requests         INTEGER NOT NULL,
  hits             INTEGER NOT NULL,  -- answered from the cache: all fresh, nothing fetched
  stale            INTEGER NOT NULL,
  misses           INTEGER NOT NULL,  -- all of it fetched
  partial          INTEGER NOT NULL,  -- some of it fetched
  forwarded        INTEGER NOT NULL,
  refused          INTEGER NOT NULL,
  failed           INTEGER NOT NULL,
  credits          INTEGER NOT NULL,  -- that these requests cost
  worth            INTEGER NOT NULL,  -- that they would have cost without a cache
  bytes            INTEGER NOT NULL,
  latency_us       INTEGER NOT NULL,  -- the sum
  latency_0        INTEGER NOT NULL,
  latency_1        INTEGER NOT NULL,
  latency_2        INTEGER NOT NULL,
  latency_3        INTEGER NOT NULL,
  latency_4        INTEGER NOT NULL,
  latency_5        INTEGER NOT NULL,
  latency_6        INTEGER NOT NULL,
  latency_7        INTEGER NOT NULL,
  latency_8        INTEGER NOT NULL,
  latency_9        INTEGER NOT NULL,
  latency_10       INTEGER NOT NULL,
  latency_11       INTEGER NOT NULL,
  PRIMARY KEY (starts_at, endpoint, client)
) WITHOUT ROWID;

-- Kept for more than a year.
CREATE TABLE usage_days (
  starts_at        INTEGER NOT NULL,
  endpoint         TEXT    NOT NULL,
  client           TEXT    NOT NULL,
  requests         INTEGER NOT NULL,
  hits             INTEGER NOT NULL,  -- answered from the cache: all fresh, nothing fetched
  stale            INTEGER NOT NULL,
  misses           INTEGER NOT NULL,  -- all of it fetched
  partial          INTEGER NOT NULL,  -- some of it fetched
  forwarded        INTEGER NOT NULL,
  refused          INTEGER NOT NULL,
  failed           INTEGER NOT NULL,
  credits          INTEGER NOT NULL,  -- that these requests cost
  worth            INTEGER NOT NULL,  -- that they would have cost without a cache
  bytes            INTEGER NOT NULL,
  latency_us       INTEGER NOT NULL,  -- the sum
  latency_0        INTEGER NOT NULL,
  latency_1        INTEGER NOT NULL,
  latency_2        INTEGER NOT NULL,
  latency_3        INTEGER NOT NULL,
  latency_4        INTEGER NOT NULL,
  latency_5        INTEGER NOT NULL,
  latency_6        INTEGER NOT NULL,
  latency_7        INTEGER NOT NULL,
  latency_8        INTEGER NOT NULL,
  latency_9        INTEGER NOT NULL,
  latency_10       INTEGER NOT NULL,
  latency_11       INTEGER NOT NULL,
  PRIMARY KEY (starts_at, endpoint, client)
) WITHOUT ROWID;

-- Kept for good.
CREATE TABLE usage_months (
  starts_at        INTEGER NOT NULL,
  endpoint         TEXT    NOT NULL,
  client           TEXT    NOT NULL,
  requests         INTEGER NOT NULL,
  hits             INTEGER NOT NULL,  -- answered from the cache: all fresh, nothing fetched
  stale            INTEGER NOT NULL,
  misses           INTEGER NOT NULL,  -- all of it fetched
  partial          INTEGER NOT NULL,  -- some of it fetched
  forwarded        INTEGER NOT NULL,
  refused          INTEGER NOT NULL,
  failed           INTEGER NOT NULL,
  credits          INTEGER NOT NULL,  -- that these requests cost
  worth            INTEGER NOT NULL,  -- that they would have cost without a cache
  bytes            INTEGER NOT NULL,
  latency_us       INTEGER NOT NULL,  -- the sum
  latency_0        INTEGER NOT NULL,
  latency_1        INTEGER NOT NULL,
  latency_2        INTEGER NOT NULL,
  latency_3        INTEGER NOT NULL,
  latency_4        INTEGER NOT NULL,
  latency_5        INTEGER NOT NULL,
  latency_6        INTEGER NOT NULL,
  latency_7        INTEGER NOT NULL,
  latency_8        INTEGER NOT NULL,
  latency_9        INTEGER NOT NULL,
  latency_10       INTEGER NOT NULL,
  latency_11       INTEGER NOT NULL,
  PRIMARY KEY (starts_at, endpoint, client)
) WITHOUT ROWID;

-- The hits of the tables above, by the lowest tier that was needed; its name is the one in the settings.
CREATE TABLE usage_hits_minutes (
  starts_at INTEGER NOT NULL,
  endpoint  TEXT    NOT NULL,
  client    TEXT    NOT NULL,
  tier      TEXT    NOT NULL,
  hits      INTEGER NOT NULL,
  PRIMARY KEY (starts_at, endpoint, client, tier)
) WITHOUT ROWID;

CREATE TABLE usage_hits_hours (
  starts_at INTEGER NOT NULL,
  endpoint  TEXT    NOT NULL,
  client    TEXT    NOT NULL,
  tier      TEXT    NOT NULL,
  hits      INTEGER NOT NULL,
  PRIMARY KEY (starts_at, endpoint, client, tier)
) WITHOUT ROWID;

CREATE TABLE usage_hits_days (
  starts_at INTEGER NOT NULL,
  endpoint  TEXT    NOT NULL,
  client    TEXT    NOT NULL,
  tier      TEXT    NOT NULL,
  hits      INTEGER NOT NULL,
  PRIMARY KEY (starts_at, endpoint, client, tier)
) WITHOUT ROWID;

CREATE TABLE usage_hits_months (
  starts_at INTEGER NOT NULL,
  endpoint  TEXT    NOT NULL,
  client    TEXT    NOT NULL,
  tier      TEXT    NOT NULL,
  hits      INTEGER NOT NULL,
  PRIMARY KEY (starts_at, endpoint, client, tier)
) WITHOUT ROWID;

-- Upstream calls by day; the calls themselves stand in upstream_calls.
CREATE TABLE usage_calls_days (
  starts_at INTEGER NOT NULL,
  account   TEXT    NOT NULL,
  endpoint  TEXT    NOT NULL,
  cause     TEXT    NOT NULL,
  client    TEXT    NOT NULL,
  calls     INTEGER NOT NULL,
  failed    INTEGER NOT NULL,
  credits   INTEGER NOT NULL,
  predicted INTEGER NOT NULL,
  took_ms   INTEGER NOT NULL,  -- the sum
  PRIMARY KEY (starts_at, account, endpoint, cause, client)
) WITHOUT ROWID;

-- The most asked and the most fetched assets of each day; the others share the row of asset ''.
CREATE TABLE usage_assets_days (
  starts_at     INTEGER NOT NULL,
  kind          TEXT    NOT NULL,  -- id, symbol, slug
  asset         TEXT    NOT NULL,
  requests      INTEGER NOT NULL,  -- estimated from a sample
  fetches       INTEGER NOT NULL,
  microcredits  INTEGER NOT NULL,  -- its share of what the calls that fetched it cost
  PRIMARY KEY (starts_at, kind, asset)
) WITHOUT ROWID;

-- As the days of calls and assets, by month, so that a report over a year reads few rows. Kept for
-- good.
CREATE TABLE usage_calls_months (
  starts_at INTEGER NOT NULL,
  account   TEXT    NOT NULL,
  endpoint  TEXT    NOT NULL,
  cause     TEXT    NOT NULL,
  client    TEXT    NOT NULL,
  calls     INTEGER NOT NULL,
  failed    INTEGER NOT NULL,
  credits   INTEGER NOT NULL,
  predicted INTEGER NOT NULL,
  took_ms   INTEGER NOT NULL,
  PRIMARY KEY (starts_at, account, endpoint, cause, client)
) WITHOUT ROWID;

CREATE TABLE usage_assets_months (
  starts_at     INTEGER NOT NULL,
  kind          TEXT    NOT NULL,
  asset         TEXT    NOT NULL,
  requests      INTEGER NOT NULL,
  fetches       INTEGER NOT NULL,
  microcredits  INTEGER NOT NULL,
  PRIMARY KEY (starts_at, kind, asset)
) WITHOUT ROWID;
