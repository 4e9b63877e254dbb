"""The service goes on from the database of its first version: people sign in, what was handled is known."""

from pathlib import Path
from typing import Any

import apsw

FIRST = Path(__file__).parents[1] / "storage" / "first_version.sql"
OPERATOR = {"Authorization": "Bearer op"}


async def test_the_service_goes_on_where_the_first_version_stopped(serve: Any, settings: Any) -> None:
    settings.data.mkdir()
    apsw.Connection(str(settings.data / "service.db")).execute(FIRST.read_text(encoding="utf-8"))
    async with serve(settings) as service:
        admin = await service.login("admin@s1", "BSy1wug25ktr3m8D4cdezgRW")
        listed = (await service.http.get("/api/v1/conversations", headers=admin)).json()["items"]
        states = [(one["id"], one["state"], one["agent_id"]) for one in listed]
        assert states == [("cv1", "resolved", None), ("cv2", "open", "a2"), ("cv3", "open", "a2")]
        await service.write("又一句", "c2", message="@m5==")  # handled by the first version
        await service.write("新的一句", "c2", message="@m6==")
        page = (await service.http.get("/api/v1/conversations/cv2/messages", headers=admin)).json()["items"]
        assert [message["text"] for message in page] == ["在吗", "又一句", "新的一句"]
        report = (await service.http.get("/api/v1/audit/verify", headers=OPERATOR)).json()
        assert (report["holds"], report["findings"]) == (True, [])
