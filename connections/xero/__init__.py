"""Xero: how it is signed in to, asked and understood."""
