"""The screens in a real browser."""
