"""The command line: starts and stops processes, shows, reports; nothing else."""
