"""Sources of briefings: feeds, mail folders, notmuch, IMAP and watched folders.

Built for up to a few hundred sources. Each module returns bytes with their origin; ``reading/`` parses them and
``library/`` stores them. This is the only package that opens outgoing connections.
"""
