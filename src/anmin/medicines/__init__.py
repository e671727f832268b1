"""A name a person typed → ATC codes and a route, or a question back; never a guess."""
