"""Search insights by words or by meaning, with ranking and highlights."""
