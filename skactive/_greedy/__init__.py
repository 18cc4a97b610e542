"""Exact choices of the best row that read as few rows as they can."""
