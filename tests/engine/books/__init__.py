"""Two address books driven as people drive them: edits, merges, deletions, lost answers."""
