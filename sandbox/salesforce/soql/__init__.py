"""SOQL: read, understood and answered, with Salesforce's own refusals."""
