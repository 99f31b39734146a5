"""The app, built with Textual."""
