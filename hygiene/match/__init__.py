"""Finds what stands for one thing: columns in, groups out."""
