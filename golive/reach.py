"""How the gateway and a target on another machine reach each other: options of a command, or keys of golive.toml."""

import http.client
import ssl
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from golive.failures import Failure, Usage
from golive.language import say

FILES = ("tls_cert", "tls_key", "ca", "target_ca")


class Reach(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All of it may be left out: then the gateway listens on loopback by plain HTTP. Files are paths."""

    listen: str = ""  # an address of this machine; 0.0.0.0 is all it has
    gateway_port: int = 0  # 0: the public URL's, else a free one
    public_url: str = ""  # how the target reaches the gateway, where that differs from what it listens on
    tls_cert: str = ""
    tls_key: str = ""
    ca: str = ""  # the CA of tls_cert, for golive's own customers and agents, and for the adapter
    target_ca: str = ""  # the CA of the target's own certificate

    def flags(self) -> list[str]:
        """The options of a command that say the same."""
        told = [(name, getattr(self, name)) for name in self.__struct_fields__]
        return [word for name, value in told if value for word in (f"--{name.replace('_', '-')}", str(value))]

    @property
    def beyond_loopback(self) -> bool:
        """Whether other machines may reach the gateway."""
        try:
            return not ip_address(self.listen or "127.0.0.1").is_loopback
        except ValueError:
            return self.listen != "localhost"


def settle(options: Reach, configured: Reach, folder: Path) -> Reach:
    """An option counts more than golive.toml, whose files lie beside it, in `folder`. All files become absolute.

    Raises Usage: a file that is not there, a certificate without its key, no URL, an address nobody could know.
    """
    told: dict[str, str | int] = {}
    for name in Reach.__struct_fields__:
        value, base = getattr(options, name), Path()
        if not value:
            value, base = getattr(configured, name), folder
        if value and name in FILES:
            value = _file(name, base / value)
        told[name] = value
    if not told["gateway_port"]:
        told["gateway_port"] = _port(str(told["public_url"])) or 0
    reach = msgspec.convert(told, Reach)
    if wrong := _wrong(reach):
        raise Usage(wrong)
    return reach


def warning(reach: Reach, url: str) -> str:
    """What is said aloud where the gateway listens beyond loopback; else ""."""
    if not reach.beyond_loopback:
        return ""
    return say(
        f"注意:网关监听 {reach.listen},本机以外也能连到 {url}。能连到它的人都可以冒充测试顾客,请只在可信网络里使用。",
        f"Note: the gateway listens on {reach.listen}: others can reach {url}. Whoever reaches it can write as a test "
        "customer; use it in a network you trust.",
    )


def greet(url: str, ca: str) -> None:
    """Shake hands with our own gateway as its customers will. Raises Failure where its certificate does not do."""
    parts = urlsplit(url)
    if parts.scheme != "https":
        return
    context = ssl.create_default_context(cafile=ca or None)
    connection = http.client.HTTPSConnection(parts.hostname or "", parts.port, context=context, timeout=10)
    try:
        connection.request("GET", "/_golive/health")
        connection.getresponse()
    except ssl.SSLError as error:
        raise Failure(
            say(
                f"网关的证书在 {url} 不被信任({_reason(error)})。golive 自己的顾客连的就是这个地址:"
                f"证书须包含 {parts.hostname},并用 --ca 指定它的 CA。一步生成:golive certs {parts.hostname}",
                f"the gateway's certificate is not trusted at {url} ({_reason(error)}). golive's own customers connect "
                f"there: the certificate must carry {parts.hostname}, and --ca must name its CA. Both in one step:  "
                f"golive certs {parts.hostname}",
            )
        ) from error
    except OSError as error:
        raise Failure(f"the gateway at {url} does not answer: {error}") from error
    finally:
        connection.close()


def environment(reach: Reach) -> Mapping[str, str]:
    """What the harness's processes read of it."""
    told = {"GOLIVE_CA": reach.ca, "GOLIVE_TARGET_CA": reach.target_ca}
    return {name: value for name, value in told.items() if value}


def _reason(error: ssl.SSLError) -> str:
    return getattr(error, "verify_message", "") or error.reason or str(error)


def _file(name: str, path: Path) -> str:
    if not path.is_file():
        raise Usage(f"{name.replace('_', '-')}: there is no file {path}; `golive certs` makes a CA and a certificate")
    return str(path.resolve())


def _port(url: str) -> int | None:
    try:
        return urlsplit(url).port
    except ValueError:
        return None


def _wrong(reach: Reach) -> str:
    if bool(reach.tls_cert) != bool(reach.tls_key):
        return "--tls-cert and --tls-key belong together: give both, or neither"
    if reach.public_url:
        parts = urlsplit(reach.public_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query:
            return f"--public-url {reach.public_url}: write https://NAME:PORT, without a path"
        if not reach.gateway_port:
            return (
                f"--public-url {reach.public_url} has no port: say with --gateway-port where the gateway listens "
                "(what is before it must lead there)"
            )
    elif reach.listen in ("0.0.0.0", "::"):
        return (
            f"--listen {reach.listen} is no address a target could call: add --public-url, "
            "such as http://NAME-OF-THIS-MACHINE:8899"
        )
    return ""
