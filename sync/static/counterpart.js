// Counterpart's own script: keys, live totals, opening rows.
