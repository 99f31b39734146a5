"""Group insights into stories, find what is new in them, choose what to read first, and find topic drift.

The functions read no files except the fitted model: ``library/`` passes texts, dates, document frequencies and topics
to them. They are designed for 100,000 insights.
"""
