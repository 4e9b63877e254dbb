"""The echo of echo.c, made with picows, for machines without a C compiler.

python -m benchmarks.echo_picows     prints its port; ends when its standard input is closed, and then prints how many
                                     connections were opened and how many messages were echoed.
"""

import asyncio
import gc
import resource
import sys

import uvloop
from picows import WSFrame, WSListener, WSMsgType, WSTransport, WSUpgradeRequest, ws_create_server


class Echo(WSListener):
    """One connection; the counts are the server's."""

    opened = 0
    echoed = 0

    def on_ws_connected(self, _: WSTransport) -> None:
        """One more."""
        Echo.opened += 1

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Text goes back as it came; a close is answered."""
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(frame.get_close_code(), frame.get_close_message())
            transport.disconnect()
        elif frame.msg_type == WSMsgType.TEXT:
            transport.send(WSMsgType.TEXT, frame.get_payload_as_bytes())
            Echo.echoed += 1


def listener(_: WSUpgradeRequest) -> Echo:
    """Any path is welcome."""
    return Echo()


async def serve() -> None:
    """Until standard input ends."""
    server = await ws_create_server(listener, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    print(Echo.opened, Echo.echoed, flush=True)
    server.close()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    gc.disable()  # as quick as it can be: it is the yardstick
    uvloop.run(serve())
