"""The commands: parse arguments, call the library, and print results."""
