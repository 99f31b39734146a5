"""Stories across briefings: which insights report the same news, what is new since, and which to read first.

Pure functions on values that ``library/`` passes in (texts, dates, document frequencies, topics); no storage, no
parsing. Built for 100,000 insights, numpy only.
"""
