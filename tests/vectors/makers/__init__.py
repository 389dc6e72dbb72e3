"""The groups of vectors that make.py writes, a module a file."""
