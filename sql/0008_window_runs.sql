-- Windows that open have rows beside the runs that somebody orders.
ALTER TABLE warm_runs ADD COLUMN begun_by TEXT NOT NULL DEFAULT 'order';  -- order, clock
