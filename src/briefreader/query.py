"""The query language → a tree."""
