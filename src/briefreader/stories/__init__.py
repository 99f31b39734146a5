"""Group insights into stories, find what is new in them, and choose what to read first.

The functions are pure: ``library/`` passes texts, dates, document frequencies and topics to them. They need only NumPy,
and are built for 100,000 insights.
"""
