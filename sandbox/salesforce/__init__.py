"""A local Salesforce: its sign-in and its REST API over the sandbox's world."""
