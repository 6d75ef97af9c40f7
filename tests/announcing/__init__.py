"""Messages: who is told, how often, and what goes out."""
