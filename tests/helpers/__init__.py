"""Helpers of the tests: HTTP clients, factories, samples, fault injection. No test stands here."""
