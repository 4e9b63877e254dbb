"""The homeserver as the bridge sees it: an application service may act as the bot and as every customer's ghost."""

import hashlib
from typing import Any
from urllib.parse import quote

import aiohttp

OURS = "com.example.douyin"  # our field in a message's content, and the beginning of our event types
CONVERSATION = f"{OURS}.conversation"  # state of a room: which conversation it is
ASSIGNED = f"{OURS}.assigned"  # state of a room: {"agent": user id, or null}
RESOLVED = f"{OURS}.resolved"  # an agent says: this is finished
TRANSFER = f"{OURS}.transfer"  # an agent says: {"to": a colleague}
CLIENT = "/_matrix/client/v3"


class MatrixError(Exception):
    """The homeserver did not do what was asked; the text says what, and what came back."""


class Matrix:
    """Client-server API with the application service's token. Every call that does not succeed is a MatrixError."""

    def __init__(self, http: aiohttp.ClientSession, url: str, token: str, server: str) -> None:
        self.http, self.url, self.server = http, url, server
        self.bot = f"@douyin:{server}"
        self._token = token
        self._ghosts: set[str] = set()

    def own(self, user: str) -> bool:
        """Whether a user is the bot or a ghost."""
        return user == self.bot or user.startswith("@douyin_")

    async def call(self, method: str, path: str, body: object = None, user: str = "") -> Any:
        """One call, as the bot or as another `user` of ours."""
        query, headers = ({"user_id": user} if user else {}), {"Authorization": f"Bearer {self._token}"}
        asked = self.http.request(method, self.url + path, json=body or {}, params=query, headers=headers)
        try:
            async with asked as answer:
                told = await answer.json()
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise MatrixError(f"{method} {path}: {error!r}") from error
        if answer.status != 200:
            raise MatrixError(f"{method} {path}: {answer.status} {told}")
        return told

    async def ghost(self, account: str, nick: str) -> str:
        """The user that stands for a customer's account on the platform."""
        name = "douyin_" + hashlib.sha256(account.encode()).hexdigest()[:20]
        user = f"@{name}:{self.server}"
        if user not in self._ghosts:
            try:
                await self.call("POST", f"{CLIENT}/register", {"type": "m.login.application_service", "username": name})
            except MatrixError as error:
                if "M_USER_IN_USE" not in str(error):
                    raise
            await self.call("PUT", f"{CLIENT}/profile/{quote(user)}/displayname", {"displayname": nick}, user)
            self._ghosts.add(user)
        return user

    async def room(self, name: str, invite: list[str], state: dict[str, Any], space: str = "") -> str:
        """A new private room, below a space where one is given; its id."""
        wanted = {
            "name": name,
            "preset": "private_chat",
            "invite": invite,
            "initial_state": [{"type": kind, "content": content} for kind, content in state.items()],
            "creation_content": {} if space else {"type": "m.space"},
        }
        room = str((await self.call("POST", f"{CLIENT}/createRoom", wanted))["room_id"])
        if space:
            await self.state(space, "m.space.child", {"via": [self.server]}, room)
        return room

    async def send(self, room: str, name: str, content: object, user: str = "") -> str:
        """Say something in a room; the same `name` says it once. The event's id."""
        path = f"{CLIENT}/rooms/{quote(room)}/send/m.room.message/{quote(name, safe='')}"
        return str((await self.call("PUT", path, content, user))["event_id"])

    async def redact(self, room: str, event: str, user: str) -> None:
        """Take a message back."""
        name = quote(f"redact-{event}", safe="")
        await self.call("PUT", f"{CLIENT}/rooms/{quote(room)}/redact/{quote(event)}/{name}", {}, user)

    async def state(self, room: str, kind: str, content: object, key: str = "") -> None:
        """Set a room's state."""
        await self.call("PUT", f"{CLIENT}/rooms/{quote(room)}/state/{kind}/{quote(key)}", content)

    async def invite(self, room: str, user: str) -> None:
        """Invite a user, who may be there already."""
        try:
            await self.call("POST", f"{CLIENT}/rooms/{quote(room)}/invite", {"user_id": user})
        except MatrixError as error:
            if "is already in the room" not in str(error):
                raise

    async def dismiss(self, room: str, user: str) -> None:
        """Let a user be in a room no more."""
        await self.call("POST", f"{CLIENT}/rooms/{quote(room)}/kick", {"user_id": user})

    async def join(self, room: str, ghost: str) -> None:
        """Let a ghost take its invitation."""
        await self.call("POST", f"{CLIENT}/rooms/{quote(room)}/join", {}, ghost)

    async def online(self, user: str) -> bool:
        """Whether an agent is there, as their presence says."""
        told = await self.call("GET", f"{CLIENT}/presence/{quote(user)}/status")
        return bool(told["presence"] == "online")
