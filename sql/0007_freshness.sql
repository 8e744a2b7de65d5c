-- What credits bought: how old what clients were served was, and how many assets calls brought.
-- What was counted before says nothing of either, and counts for nothing in their ratios.
CREATE TABLE usage_ages_days (
  starts_at INTEGER NOT NULL,
  endpoint  TEXT    NOT NULL,
  asks      INTEGER NOT NULL,  -- one for each asset in each answer
  age_ms    INTEGER NOT NULL,  -- the sum: since the provider was asked for what answered them
  PRIMARY KEY (starts_at, endpoint)
) WITHOUT ROWID;

-- Kept for good.
CREATE TABLE usage_ages_months (
  starts_at INTEGER NOT NULL,
  endpoint  TEXT    NOT NULL,
  asks      INTEGER NOT NULL,
  age_ms    INTEGER NOT NULL,
  PRIMARY KEY (starts_at, endpoint)
) WITHOUT ROWID;

ALTER TABLE usage_calls_days ADD COLUMN assets INTEGER NOT NULL DEFAULT 0;  -- of good calls, riding ones too
ALTER TABLE usage_calls_days ADD COLUMN riding INTEGER NOT NULL DEFAULT 0;  -- of these, for nothing
ALTER TABLE usage_calls_days ADD COLUMN asset_credits INTEGER NOT NULL DEFAULT 0;  -- of calls for assets

ALTER TABLE usage_calls_months ADD COLUMN assets INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_calls_months ADD COLUMN riding INTEGER NOT NULL DEFAULT 0;
ALTER TABLE usage_calls_months ADD COLUMN asset_credits INTEGER NOT NULL DEFAULT 0;
