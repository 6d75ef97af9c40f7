"""Benchmarks that anyone can repeat: `make bench`. They print figures and never fail on time."""
