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
