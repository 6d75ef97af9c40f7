"""Fakes, only at the doorway."""
