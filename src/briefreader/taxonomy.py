"""Taxonomy YAML → Taxonomy, with line-numbered problems."""
