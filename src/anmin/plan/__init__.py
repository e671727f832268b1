"""What to do tonight: the planner chooses only inside what the gate permits, and the gate looks again."""
