"""The page on which a person plays with both systems."""
