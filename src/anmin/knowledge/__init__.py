"""What is known, as data: facts in YAML, each with its source; no logic and no number in Python."""
