"""Evidence: frozen records, and the collectors that read them, one for each record."""
