"""Rules of credit risk are tried on what is known, and nothing is written."""
