"""The screens of the app: the main screen and the dialogs."""

NARROW = 100  # minimum width in cells for more than one pane
