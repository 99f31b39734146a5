"""A taxonomy's phrases found in text."""
