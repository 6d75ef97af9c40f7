"""Attacks on money: each test is an invoice that once came out wrong, or might have."""
