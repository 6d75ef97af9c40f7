"""Creating, changing and deleting records, with everything that Salesforce checks and derives."""
