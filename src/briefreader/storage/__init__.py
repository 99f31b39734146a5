"""The SQLite storage of a library. Only this package contains SQL; it never parses, scores or renders."""
