"""A forgery is well formed, says so itself, and its signature is wrong."""

from history.run import App
from simulators.douyin.open_im import OpenIm
from simulators.douyin.signing import webhook_signature
from simulators.faults.forge import TEXT, forger, invented
from targets.platform import Message, Request

APP = App(client_key="key", client_secret="secret")
REAL = Message("receive", "@M1==", "@C==", "c", "s", "小王", "你好", 1, 0)


def push(message: Message, app: App) -> Request:
    return OpenIm().sign(OpenIm().write([message], app), [message], app)


def test_a_forgery_differs_from_a_real_push_only_in_id_text_and_signature() -> None:
    assert invented(REAL, "@M2==") == REAL._replace(server_message_id="@M2==", text=TEXT)
    forged, honest = (push(invented(REAL, "@M2=="), app) for app in (forger(APP), APP))
    assert forged.body == honest.body
    assert forged.headers.keys() == honest.headers.keys()
    signature = forged.headers["X-Douyin-Signature"]
    assert len(signature) == 40
    assert signature != webhook_signature("secret", forged.body)
