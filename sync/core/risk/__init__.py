"""Credit risk: finance's rules, what they are judged on, and what they find. PURE."""
