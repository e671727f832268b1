"""The same result as text, JSON and calendar."""
