"""The live mirror: one stands in front of a camera, sees the body's own lines, and is measured by standing still.

Three threads: one takes pictures, one finds the body in them and leads through the session, the main one draws.
Between them lie mailboxes in which the latest picture replaces the one before it, so that a slow machine drops pictures
and never lags. Everything is measured on the unmirrored picture; only what is drawn is mirrored.
"""
