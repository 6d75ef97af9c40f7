"""How alike two customer records are."""
