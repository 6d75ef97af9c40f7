"""Address books with known truth, made anew from a seed."""
