"""Stickers on rendered people: where they are expected, and how well they are found."""
