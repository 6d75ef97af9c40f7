"""Which field goes where."""
