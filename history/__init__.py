"""The record of a run: what it was asked to be, and every event of every message's life.

Light on purpose (pyarrow and msgspec only): every process of a run imports it. See docs/history.md.
"""
