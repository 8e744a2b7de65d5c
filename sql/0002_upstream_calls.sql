-- Every call made upstream: what it was for, what it cost, how it went.
CREATE TABLE upstream_calls (
  id          INTEGER PRIMARY KEY,  -- one count for all accounts
  account     TEXT    NOT NULL,     -- whose key it was made with
  started_at  INTEGER NOT NULL,  -- milliseconds since 1970, UTC
  endpoint    TEXT    NOT NULL,  -- catalogue name, or 'forward'
  cause       TEXT    NOT NULL,  -- miss, refresh, warm, cron, retry, probe, forward
  credits     INTEGER NOT NULL,  -- charged; the worst case when that is not known
  took_ms     INTEGER NOT NULL,
  http_status INTEGER NOT NULL,  -- 0: no answer
  error_code  INTEGER NOT NULL,  -- the provider's; 0: none
  assets      INTEGER NOT NULL   -- how many were asked for
);

CREATE INDEX upstream_calls_by_time ON upstream_calls (started_at);
