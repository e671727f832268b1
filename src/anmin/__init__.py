"""anmin (安眠): what is known about sleep supplements, what to do tonight, and whether it worked for you.

It informs; it does not treat.
"""

__version__ = "0.1.0"
