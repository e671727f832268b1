"""The claims of an article, each computed where it can be and else held against what was read."""
