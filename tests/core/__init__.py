"""Tests of sync.core."""
