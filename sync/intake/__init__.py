"""The doors through which notices come in."""
