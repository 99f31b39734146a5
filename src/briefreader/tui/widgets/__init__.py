"""The widgets of the app; long content is drawn line by line, never as a widget a row."""
