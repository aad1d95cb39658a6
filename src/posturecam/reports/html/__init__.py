"""Reports as HTML, each one file: one photo, an exam, a comparison, a history, the guide to taking photos."""
