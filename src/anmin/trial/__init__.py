"""Did it work for me: a randomised self-trial, its schedule, its exact analysis, its verdict."""
