"""The sensitive-word filter: folding, matching, judging, masking."""
