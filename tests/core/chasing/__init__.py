"""Chasing: what becomes of cases and of the tasks that tell of them."""
