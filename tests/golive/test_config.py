"""golive points load only at loopback, or at hosts that its user allowed by name."""

from pathlib import Path

import pytest

from golive.config import Config, TargetConfig, load, pick, secrets
from golive.failures import Usage


def config(**target: object) -> Config:
    return Config(targets={"staging": TargetConfig(adapter="reference", **target)})  # type: ignore[arg-type]


@pytest.mark.parametrize("url", ["http://127.0.0.1:80", "http://localhost:8000/x", "http://[::1]:9"])
def test_loopback_needs_no_permission(url: str) -> None:
    assert pick(config(url=url), "staging").url == url


@pytest.mark.parametrize(
    "url", ["http://example.com", "http://10.0.0.3:80", "http://127.0.0.1.example.com", "http://localhost.evil"]
)
def test_another_host_needs_to_be_allowed_by_name(url: str) -> None:
    with pytest.raises(Usage, match="allow = "):
        pick(config(url=url), "staging")


def test_an_allowed_host_is_accepted() -> None:
    assert pick(config(url="https://staging.shop.example", allow=("staging.shop.example",)), "staging")


def test_an_unknown_target_names_the_known_ones() -> None:
    with pytest.raises(Usage, match="reference, staging"):
        pick(config(url="http://127.0.0.1"), "stagin")


def test_an_adapter_is_looked_for_beside_golive_toml(tmp_path: Path) -> None:
    found = Config(targets={"mine": TargetConfig(adapter="my_adapter.py", url="http://127.0.0.1:1")})
    with pytest.raises(Usage, match=r"no file .*my_adapter\.py"):
        pick(found, "mine", tmp_path)
    (tmp_path / "my_adapter.py").touch()
    assert pick(found, "mine", tmp_path).adapter == str(tmp_path / "my_adapter.py")


@pytest.mark.parametrize(
    "url", ["staging", "http://[::1", "http://127.0.0.1:99999", "http://127.0.0.1:port", "http://"]
)
def test_a_url_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Usage, match="write a URL"):
        pick(config(url=url), "staging")


def test_a_file_of_another_encoding_is_refused_and_a_byte_order_mark_is_not(tmp_path: Path) -> None:
    file = tmp_path / "golive.toml"
    file.write_text('[targets.mine]\nurl = "http://[::1]:1"\nadapter = "reference"\n', encoding="utf-8-sig")
    assert load(file).targets["mine"].url == "http://[::1]:1"
    file.write_bytes("# 目标".encode("gb18030"))
    with pytest.raises(Usage, match=r"golive\.toml: it is no UTF-8 text"):
        load(file)


def test_where_there_is_no_target_at_all_it_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(Usage, match=f"looked for in {tmp_path}"):
        pick(Config(), "staging", tmp_path)


def test_a_secret_comes_from_the_environment_only() -> None:
    target = TargetConfig(adapter="a.py", url="http://127.0.0.1", secrets={"token": "env:STAGING_TOKEN"})
    assert secrets(target, {"STAGING_TOKEN": "x"}) == {"token": "x"}
    with pytest.raises(Usage, match="not set"):
        secrets(target, {})
    with pytest.raises(Usage, match="STAGING_TOKEN, which is empty"):
        secrets(target, {"STAGING_TOKEN": ""})
    with pytest.raises(Usage, match="written in the file"):
        secrets(TargetConfig(adapter="a.py", url="http://127.0.0.1", secrets={"token": "hunter2"}), {})


def test_a_target_may_say_how_the_gateway_is_reached(tmp_path: Path) -> None:
    (tmp_path / "golive.toml").write_text(
        "[targets.x]\nurl = 'http://127.0.0.1'\nadapter = 'reference'\nlisten = '10.0.0.5'\n"
        "gateway_port = 8899\npublic_url = 'https://gate:8899'\n"
        "tls_cert = 'c'\ntls_key = 'k'\nca = 'a'\ntarget_ca = 't'\n"
    )
    assert load(tmp_path / "golive.toml").targets["x"] == TargetConfig(
        url="http://127.0.0.1",
        adapter="reference",
        listen="10.0.0.5",
        gateway_port=8899,
        public_url="https://gate:8899",
        tls_cert="c",
        tls_key="k",
        ca="a",
        target_ca="t",
    )


def test_an_absent_file_has_no_targets_and_a_wrong_one_is_named(tmp_path: Path) -> None:
    assert load(tmp_path / "golive.toml") == Config()
    (tmp_path / "golive.toml").write_text("[targets.x]\nurl = 'http://127.0.0.1'\nadaptor = 'a.py'\n")
    with pytest.raises(Usage, match=r"golive\.toml.*adaptor"):
        load(tmp_path / "golive.toml")
