"""Who we talk to, and how."""
