"""A local Salesforce and a local Xero over real HTTP, for the demo, the tests and training."""
