"""The pages of the first steps."""
