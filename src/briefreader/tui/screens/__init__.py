"""The screens of the app: the main one, and the dialogs that open over it."""

NARROW = 100  # cells; below this width there is room for one pane at a time
