"""What must not happen: two independent doors, ``permit`` (what may be chosen) and ``assess`` (what was chosen)."""
