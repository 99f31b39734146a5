"""bytes → Briefing; never touches the database."""

from briefreader.reading.extract import TopicFinder
from briefreader.reading.given import insights_in
from briefreader.reading.read import read, read_original

__all__ = ["TopicFinder", "insights_in", "read", "read_original"]
