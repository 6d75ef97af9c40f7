"""Salesforce's REST API, one module for each group of addresses."""
