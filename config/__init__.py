"""How Counterpart is put together: settings, database, queue, logging, addresses."""
