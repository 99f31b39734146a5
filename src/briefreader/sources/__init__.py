"""Get new documents from sources: feeds, Maildirs, mbox files, folders, notmuch and IMAP.

Each module returns bytes with their origin, which ``reading/`` parses and ``library/`` stores. Only this package
connects to other hosts. Built for up to a few hundred sources.
"""
