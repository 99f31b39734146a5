"""query → ranked insights with highlight spans."""
