"""Salesforce's sign-in: apps, consent, tokens and what they allow."""
