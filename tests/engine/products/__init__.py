"""Products and items in both sandboxed systems, kept in step by the real clients."""
