"""Get new documents from sources: feeds, Maildirs, mbox files, folders, notmuch and IMAP.

The modules for the kinds of sources return documents as bytes, which ``reading/`` parses and ``library/`` stores. Only
this package connects to other hosts. Built for up to a few hundred sources.
"""
