"""Who asks: the profile as typed, and the person as understood."""
