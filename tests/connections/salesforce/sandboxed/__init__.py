"""Tests of the Salesforce doorway against the sandbox, over HTTP."""
