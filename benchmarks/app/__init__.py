"""Measure the speed of the app in a pseudo-terminal, with libraries of any size."""
