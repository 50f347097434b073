"""What several tables or studies share."""
