"""What is written to disk, and how it is read back: assessments, exams, balance tests; stored numbers scored again."""
