-- Runs of quotecache warm and others who order some: what was warmed, what it cost, and how many
-- asks found it fresh.
CREATE TABLE warm_runs (
  id         INTEGER NOT NULL PRIMARY KEY,
  what       TEXT    NOT NULL,  -- popular 50, window majors, due, 12 assets
  state      TEXT    NOT NULL,  -- running, done, partly, nothing, lost
  began_at   INTEGER NOT NULL,  -- milliseconds since 1970, UTC
  ended_at   INTEGER,           -- null: it runs, or was lost
  assets     INTEGER NOT NULL,  -- once for each convert
  renewed    INTEGER NOT NULL,
  fresh      INTEGER NOT NULL,  -- left alone: fresh enough, or being fetched
  skipped    INTEGER NOT NULL,  -- unasked, unworthy, absent
  failed     INTEGER NOT NULL,  -- and not tried
  calls      INTEGER NOT NULL,
  estimated  INTEGER NOT NULL,  -- credits
  spent      INTEGER NOT NULL,
  asks_fresh REAL    NOT NULL,  -- asks that found copies of the run fresh
  stopped_by TEXT    NOT NULL   -- empty: it was not stopped
);
