"""Reading measured: `python -m benchmarks.reading FIGURE --data DIR`, one command a figure."""
