"""The Model Context Protocol server.

``server`` implements JSON-RPC over stdio, ``tools`` queries a library.
"""
