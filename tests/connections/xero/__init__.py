"""Tests of connections/xero."""
