"""Exact choices of the best row that compute as few numbers as possible."""
