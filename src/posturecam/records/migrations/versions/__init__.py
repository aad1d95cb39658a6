"""The revisions, named by the version that they lead to."""
