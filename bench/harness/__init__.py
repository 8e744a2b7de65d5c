"""The side-by-side benchmark behind scripts/bench."""
