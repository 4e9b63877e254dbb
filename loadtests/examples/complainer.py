"""A scenario user as a QA engineer writes one: a customer who complains and wants an answer within a minute.

locust -f loadtests/examples/complainer.py -H http://127.0.0.1:8899 --headless -u 20 -r 5 -t 60s
"""

from locust import between, task

from loadtests.customer import CustomerUser


class Complainer(CustomerUser):
    """Complains in shop s02, asks again when nobody answers, and rates by that."""

    shop = "s02"
    wait_time = between(1, 3)

    @task
    def complain(self) -> None:
        """One visit."""
        self.say("我要投诉，客服一直不解决问题")
        answered = self.wait_reply(timeout_s=60)
        if not answered:
            self.say("再不处理我就申请平台介入了")
            answered = self.wait_reply(timeout_s=60)
        self.rate(4 if answered else 1)
        self.leave()
