"""Figures: what deals and accounts are told, with both sandboxed systems over HTTP."""
