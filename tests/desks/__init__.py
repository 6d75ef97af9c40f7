"""The desks where people decide."""
