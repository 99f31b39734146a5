"""Store a library in SQLite. Only this package contains SQL; it doesn't parse, score or render."""
