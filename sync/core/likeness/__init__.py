"""How alike two customer records are: normal forms, keys, points in words, and the choice."""
