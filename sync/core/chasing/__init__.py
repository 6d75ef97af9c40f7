"""Chasing: the cases that the rules of credit risk open, and the tasks that tell of them. PURE."""
