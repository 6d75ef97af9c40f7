"""The eight steps where they touch the world; the core says what, this package does it."""
