"""What to tell a person whose webhook URL could not be proven: what happened there, and what to look at."""

from typing import Final, NamedTuple

from yarl import URL

from simulators.douyin.webhook_client import Cause, Outcome


class Trouble(NamedTuple):
    """The same in Chinese and in English."""

    zh: str
    en: str


_CAUSES: Final[dict[Cause, Trouble]] = {
    "refused": Trouble(
        "连接被拒绝:该端口没有程序在监听,或防火墙拒绝;检查端口,并确认系统监听的不只是它自己的 127.0.0.1",
        "connection refused: nothing listens on that port, or a firewall refuses; check the port, and that the system "
        "does not listen on its own 127.0.0.1 only",
    ),
    "no such host": Trouble(
        "这台机器解析不了该域名:检查拼写、DNS 或 hosts 文件",
        "this machine finds no address for that name: check its spelling, the DNS, or the hosts file",
    ),
    "certificate": Trouble(
        "TLS 证书不被信任:自签或内部 CA 请用 --target-ca 指定 CA 文件;证书须包含该域名且未过期",
        "its TLS certificate is not trusted: name a private CA's file with --target-ca; it must carry that "
        "name and be in date",
    ),
    "tls": Trouble(
        "TLS 握手失败:该端口可能是明文 http,或只支持旧版 TLS",
        "no TLS handshake: the port may speak plain http, or only an old TLS",
    ),
    "unreachable": Trouble(
        "网络不通:检查路由、防火墙或安全组",
        "the network does not lead there: check routes, firewalls, security groups",
    ),
    "closed": Trouble(
        "连接在答复完整之前被关闭:查看系统或其代理的日志,并确认该端口不是要求 https://",
        "it closed the connection before its answer was whole: see its log or its proxy's, and whether it wants https://",
    ),
    "no http": Trouble(
        "答复不是 HTTP:该端口是别的服务,或需要 https://",
        "what it answered is not HTTP: another service is on that port, or it wants https://",
    ),
    "too long": Trouble(
        "答复超过 64 KiB 仍未结束:这不是 webhook 的答复",
        "its answer did not end within 64 KiB: that is no webhook's answer",
    ),
}


def trouble(url: URL, outcome: Outcome, limit_s: float) -> Trouble:
    """Why `url` is not proven by the outcome of its probe, which was given `limit_s` seconds."""
    if outcome.response is None:
        said = _silence(outcome, limit_s)
        words = f" ({outcome.words})" if outcome.words else ""
        kind = f"{outcome.failure}: " if outcome.failure != "cut" else ""
        return Trouble(
            f"{url} 没有应答验证推送:{said.zh}{words}", f"{url} did not answer the probe: {kind}{said.en}{words}"
        )
    status, body = outcome.response
    said = _answer(status)
    shown = f": {body[:120].decode(errors='replace')!r}" if body else ""
    return Trouble(
        f"{url} 对验证推送答复了 HTTP {status}{shown}。{said.zh}",
        f"{url} did not answer the probe as it must, but with HTTP {status}{shown}. {said.en}",
    )


def _silence(outcome: Outcome, limit_s: float) -> Trouble:
    if outcome.failure == "cut":
        return Trouble(
            f"{limit_s:g} 秒内没有答复,连接已切断:收到推送后应先答复再处理;若完全没收到,检查防火墙是否丢弃了包",
            f"nothing within {limit_s:g} s, then it was cut: answer first and work afterwards; where nothing "
            "arrives at all, a firewall may drop the packets",
        )
    return _CAUSES.get(outcome.cause, Trouble(outcome.failure, outcome.failure))


def _answer(status: int) -> Trouble:
    if 300 <= status < 400:
        return Trouble(
            "平台不跟随跳转:请登记跳转后的最终 URL",
            "The platform follows no redirect: register the URL where it ends",
        )
    if status in (404, 405, 410):
        return Trouble(
            "该路径没有接收 POST 的 webhook:检查 URL 路径与反向代理",
            "No webhook takes POSTs at that path: check the URL's path and the reverse proxy",
        )
    if status in (401, 403):
        return Trouble(
            "被拒绝访问:webhook 靠签名鉴权,登录、网关鉴权或 IP 白名单须放行;也检查应用密钥是否为本次运行的",
            "Access refused: a webhook is guarded by its signature; let it pass logins, gateways and IP lists, and "
            "check that the app's secret is this run's",
        )
    if status >= 500:
        return Trouble("系统出错:查看它的日志", "The system failed: see its log")
    return Trouble(
        "这不是平台对验证推送要求的答复(见 docs/gateway.md)",
        "That is not the answer which the platform wants to its probe (docs/gateway.md)",
    )
