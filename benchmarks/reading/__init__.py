"""Evaluate reading: one benchmark per module (see ``__main__``)."""
