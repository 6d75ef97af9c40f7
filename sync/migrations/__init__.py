"""How the tables of `sync` came to be."""
