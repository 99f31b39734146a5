"""The widgets of the app; long content is drawn line by line, not as one widget per row."""
