"""Measure the search: quality, time per keystroke, index; compare with peers."""
