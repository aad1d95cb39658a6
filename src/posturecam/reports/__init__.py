"""The ways to show an assessment, by name. A report turns an assessment (and its photo) into the bytes of one file."""
