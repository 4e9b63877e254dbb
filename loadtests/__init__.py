"""Locust: scheduler, distributor and live UI of the simulated customers."""
