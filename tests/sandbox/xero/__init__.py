"""Tests of the sandbox's Xero."""
