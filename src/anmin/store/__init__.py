"""A person's own data: one append-only log, and what is read out of it."""
