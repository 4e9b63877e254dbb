"""The harness's own doors of the gateway: `/_golive/health` and `/_golive/webhook`."""

from collections.abc import Collection

import msgspec
from aiohttp import web
from yarl import URL

from history.run import App
from simulators.douyin.customers import Customers
from simulators.douyin.other_calls import OtherCalls
from simulators.douyin.pusher import Pusher
from simulators.douyin.switchboard import Switchboard
from simulators.douyin.untrusted import Malformed, decode
from simulators.douyin.webhook_client import WebhookClient
from simulators.douyin.webhook_trouble import Trouble, trouble
from simulators.douyin.webhook_url import webhook_url
from targets.platform import Platform


class Webhook(msgspec.Struct, forbid_unknown_fields=True):
    """Body of POST /_golive/webhook."""

    url: str


_webhooks = msgspec.json.Decoder(Webhook)


class Control:
    """HTTP handlers; `allow` names the hosts beyond loopback that may be pushed to."""

    def __init__(
        self,
        platform: Platform,
        app: App,
        board: Switchboard,
        customers: Customers,
        pusher: Pusher,
        client: WebhookClient,
        others: OtherCalls,
        allow: Collection[str] = (),
    ) -> None:
        self._platform, self._app, self._client, self._allow = platform, app, client, allow
        self._board, self._customers, self._pusher, self._others = board, customers, pusher, others
        self._probes = 12344

    async def health(self, _: web.Request) -> web.Response:
        """How much is on its way."""
        return _json(
            200,
            {
                "pending": self._pusher.pending,
                "customers": self._customers.connected,
                "conversations": len(self._board.conversations),
                "not_stubbed": dict(self._others.missing),
            },
        )

    async def webhook(self, request: web.Request) -> web.Response:
        """Take the app's one webhook URL, after it answered the profile's probe."""
        try:
            text = decode(_webhooks, await request.read()).url
        except Malformed as error:
            return _json(422, {"ok": False, "why": f'the body must be {{"url": "…"}}: {error}'})
        url = webhook_url(text, self._allow)
        if isinstance(url, str):
            return _json(422, {"ok": False, "why": url})
        if wrong := await self._unproven(url):
            return _json(422, {"ok": False, "why": wrong.en, "why_zh": wrong.zh})
        self._pusher.url = url
        return _json(200, {"ok": True})

    async def _unproven(self, url: URL) -> Trouble | None:
        self._probes += 1
        request = self._platform.probe(self._app, self._probes)
        outcome = await self._client.post(url, request)
        if outcome.response and self._platform.probe_met(outcome.response, self._probes):
            return None
        return trouble(url, outcome, self._client.limit_s)


def _json(status: int, body: dict[str, object]) -> web.Response:
    return web.Response(status=status, body=msgspec.json.encode(body), content_type="application/json")
