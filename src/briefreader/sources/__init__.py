"""Sources of briefings: feeds, mail folders, notmuch, IMAP and watched folders.

Built for up to a few hundred sources. Items are returned as bytes with their origin; ``reading/`` parses them and
``library/`` stores them. No other package opens outgoing connections.
"""
