"""Case management: transitions, bulk transitions, effects, inputs, claims, timeline, access log, ledger."""
