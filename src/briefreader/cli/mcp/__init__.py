"""The Model Context Protocol server: ``server`` speaks JSON-RPC over stdio, ``tools`` answers from a library."""
