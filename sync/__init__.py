"""Keeping the two systems in step."""
