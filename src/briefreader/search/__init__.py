"""Search insights by words, with ranking and highlights."""
