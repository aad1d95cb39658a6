"""How accurate the program is, and everything learned for it."""
