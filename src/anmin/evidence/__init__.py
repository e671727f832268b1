"""From what papers printed to effects, pooled effects, certainty and what they may mean for one person."""
