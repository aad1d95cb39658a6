"""The report as PDF (extra ``pdf``)."""
