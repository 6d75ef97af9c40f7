"""One file per flow, found automatically by the registry."""
