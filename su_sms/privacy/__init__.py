"""Whose no counts, and what is forgotten: the blacklist, links, retention, erasure."""
