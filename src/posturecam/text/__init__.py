"""Sentences and the language they are in: what all reports say alike."""
