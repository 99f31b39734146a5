"""text + Taxonomy + decisions → scored topics with reasons."""
