"""A locustfile for test_customer.py: one user plays the script named by GOLIVE_SCRIPT and prints what it saw."""

import json
import os

from locust import task

from loadtests.customer import CustomerUser


class Scripted(CustomerUser):
    """Plays once, then ends the run."""

    @task
    def play(self) -> None:
        """The script, line by line."""
        steps = json.loads(os.environ["GOLIVE_SCRIPT"])
        saw = [getattr(self, name)(*arguments) for name, *arguments in steps]
        print("SAW", json.dumps(saw), flush=True)
        self.environment.runner.quit()
