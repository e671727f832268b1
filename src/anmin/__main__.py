"""``python -m anmin``."""

from anmin.cli.main import main

main()
