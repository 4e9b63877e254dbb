"""How gateway and target reach each other is checked before anything starts."""

from pathlib import Path

import pytest

from golive.failures import Usage
from golive.reach import Reach, settle, warning


def test_nothing_said_is_loopback_and_plain(tmp_path: Path) -> None:
    assert settle(Reach(), Reach(), tmp_path) == Reach()
    assert warning(Reach(), "") == ""


def test_an_option_counts_more_than_the_file_and_files_lie_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "team").mkdir()
    for name in ("cert", "key", "team/cert", "team/key", "team/ca"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    configured = Reach(listen="10.0.0.5", tls_cert="cert", tls_key="key", ca="ca", gateway_port=1)
    told = settle(Reach(listen="10.0.0.6", tls_cert="cert"), configured, tmp_path / "team")
    team = tmp_path / "team"
    assert told == Reach(
        listen="10.0.0.6",
        gateway_port=1,
        tls_cert=str(tmp_path / "cert"),
        tls_key=str(team / "key"),
        ca=str(team / "ca"),
    )


def test_the_port_of_the_public_url_is_where_it_listens_unless_told(tmp_path: Path) -> None:
    url = "http://gate.example.com:8899"
    assert settle(Reach(public_url=url), Reach(), tmp_path).gateway_port == 8899
    assert settle(Reach(public_url=url, gateway_port=9000), Reach(), tmp_path).gateway_port == 9000


@pytest.mark.parametrize(
    ("reach", "why"),
    [
        (Reach(tls_cert="nowhere.pem"), "tls-cert: there is no file"),
        (Reach(tls_cert=__file__), "belong together"),
        (Reach(tls_key=__file__), "belong together"),
        (Reach(listen="0.0.0.0"), "add --public-url"),
        (Reach(listen="::"), "add --public-url"),
        (Reach(public_url="https://gate.example.com"), "--gateway-port"),
        (Reach(public_url="gate.example.com:80"), "write https://NAME:PORT"),
        (Reach(public_url="http://gate.example.com:80/path"), "without a path"),
        (Reach(public_url="http://gate.example.com:99999"), "NAME:PORT|--gateway-port"),
    ],
)
def test_what_cannot_work_is_refused(reach: Reach, why: str, tmp_path: Path) -> None:
    with pytest.raises(Usage, match=why):
        settle(reach, Reach(), tmp_path)


@pytest.mark.parametrize(
    ("listen", "aloud"), [("", False), ("127.0.0.1", False), ("localhost", False), ("::1", False), ("10.0.0.5", True)]
)
def test_listening_beyond_loopback_is_said_aloud(listen: str, aloud: bool) -> None:
    assert bool(warning(Reach(listen=listen), "http://x")) == aloud


def test_flags_say_the_same_again() -> None:
    reach = Reach(listen="10.0.0.5", gateway_port=9, target_ca="ca.pem")
    assert reach.flags() == ["--listen", "10.0.0.5", "--gateway-port", "9", "--target-ca", "ca.pem"]
