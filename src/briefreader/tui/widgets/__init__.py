"""The widgets of the app.

Long content is drawn line by line, not as one widget per row.
"""
