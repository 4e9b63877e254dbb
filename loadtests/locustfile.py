"""What `locust -f loadtests/locustfile.py` runs: the run named by GOLIVE_RUN, or `--scenario NAME` by hand.

locust -f loadtests/locustfile.py -H http://127.0.0.1:8899 --scenario launch [--processes 2] [--headless]
"""

from loadtests.scheduled import Rehearsal, ScheduledCustomer

__all__ = ["Rehearsal", "ScheduledCustomer"]
