"""A local Xero over real HTTP: its identity service and its accounting API."""
