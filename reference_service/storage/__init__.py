"""SQLite: tables, the one writer with group commit, reads, recovery."""
