-- What a call is called: the client's request that caused it, of a batch the first one, the trace
-- that this is part of, and what the provider calls the call.
ALTER TABLE upstream_calls ADD COLUMN request_id  TEXT NOT NULL DEFAULT '';  -- '': no client's
ALTER TABLE upstream_calls ADD COLUMN trace_id    TEXT NOT NULL DEFAULT '';
ALTER TABLE upstream_calls ADD COLUMN provider_id TEXT NOT NULL DEFAULT '';
