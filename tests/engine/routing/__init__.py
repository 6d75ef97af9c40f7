"""Several organisations: where each record belongs."""
