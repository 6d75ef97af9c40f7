"""Credit risk: one task an account and rule that behaves, with both sandboxed systems over HTTP."""
