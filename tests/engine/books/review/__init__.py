"""Attacks on the flow of customers, each a story that once went wrong."""
