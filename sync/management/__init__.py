"""What the command line of Counterpart offers."""
