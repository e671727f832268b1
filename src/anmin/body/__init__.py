"""What the body does: small, cited models of heat, magnesium stores, the sleep clock and the synapse."""
