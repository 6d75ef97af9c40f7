"""The rules of credit risk, at their edges and in general."""
