"""Tests of connections/salesforce."""
