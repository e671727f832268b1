"""Mendelian randomization: from two tables of genetic associations to an effect, every convention named."""
