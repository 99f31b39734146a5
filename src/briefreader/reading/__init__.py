"""Parse documents of many formats into briefings, without using the database."""

from briefreader.reading.find_insights import insights_in
from briefreader.reading.read import originals, read, read_original

__all__ = ["insights_in", "originals", "read", "read_original"]
