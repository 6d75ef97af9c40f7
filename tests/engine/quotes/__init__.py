"""Quotes on their way through the engine, against both sandboxed systems over HTTP."""
