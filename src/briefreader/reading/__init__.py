"""bytes → Briefing; never touches the database."""

from briefreader.reading.extract import TopicFinder
from briefreader.reading.read import read, read_original

__all__ = ["TopicFinder", "read", "read_original"]
