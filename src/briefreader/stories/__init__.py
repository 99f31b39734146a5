"""Stories across briefings: which insights report the same news, what is new, and what to read first.

Pure functions on values passed in by ``library/`` (texts, dates, document frequencies, topics); no storage, no parsing.
Built for 100,000 insights, with NumPy only.
"""
