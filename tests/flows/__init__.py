"""Tests of sync.flows."""
