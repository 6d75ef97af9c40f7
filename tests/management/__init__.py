"""What operators do at the command line, without a connection."""
