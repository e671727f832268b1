"""Amounts that cannot be mixed up, and the clock of one evening."""
