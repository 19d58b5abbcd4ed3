"""Background jobs: outbox, worker, schedule."""
