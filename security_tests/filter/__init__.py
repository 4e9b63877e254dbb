"""The sensitive-word filter: properties, recall by class of evasion, alarms on clean talk (FILTER-1 to FILTER-5)."""
