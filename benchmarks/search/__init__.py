"""Search measured: quality by kind of query, time of a key stroke, the index, beside what else there is."""
