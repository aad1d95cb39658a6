"""What the program makes of photographs of real people. They measure only: nothing is learned or chosen on them.

The photographs do not belong to the repository. ``labels.json`` knows some of them by the checksum of their source: who
is on several of them, and which were taken a minute apart.
"""
