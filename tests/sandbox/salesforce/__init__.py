"""Tests of the sandbox's Salesforce, over HTTP."""
