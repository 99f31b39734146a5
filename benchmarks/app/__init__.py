"""The app's speed, measured in a real pseudo-terminal on libraries of any size."""
