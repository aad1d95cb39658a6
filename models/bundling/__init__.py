"""Make the pose model bundle that posturecam ships: read the manifest, fetch, check, describe, pack.

Runs while posturecam is being built and needs nothing but the standard library and flatbuffers.
"""
