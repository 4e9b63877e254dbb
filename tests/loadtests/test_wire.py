"""Whole text frames, read and written without a protocol object, are what `websockets` reads and writes."""

from hypothesis import given
from hypothesis import strategies as st
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN, Protocol, Side
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from loadtests.wire import Masks, between_frames, leading_texts, text_frame

SIZES = st.sampled_from([0, 1, 125, 126, 65535, 65536, 70_000])


@given(SIZES)
def test_what_is_written_is_read_by_a_server(size: int) -> None:
    text = b"x" * size
    server = ServerProtocol(state=OPEN)
    server.receive_data(text_frame(text))
    assert server.events_received() == [Frame(Opcode.TEXT, text)]
    assert server.parser_exc is None


def test_masks_differ() -> None:
    masks = Masks()
    keys = [masks.next() for _ in range(3000)]
    assert {len(key) for key in keys} == {4}
    assert len(set(keys)) > 2990


FRAMES = st.lists(
    st.tuples(
        st.sampled_from([Opcode.TEXT, Opcode.TEXT, Opcode.TEXT, Opcode.CONT, Opcode.BINARY, Opcode.PING, Opcode.CLOSE]),
        st.integers(0, 200),
        st.booleans(),
    ),
    max_size=8,
)


def _bytes(frames: list[tuple[Opcode, int, bool]]) -> list[bytes]:
    made = []
    for opcode, size, fin in frames:
        control = opcode in (Opcode.PING, Opcode.CLOSE)
        data = b"\x03\xe8" if opcode is Opcode.CLOSE else b"y" * (size % 126 if control else size)
        made.append(Frame(opcode, data, fin or control).serialize(mask=False))
    return made


@given(FRAMES, st.integers(0, 40))
def test_leading_texts_are_those_that_the_protocol_would_read(frames: list[tuple[Opcode, int, bool]], cut: int) -> None:
    stream = b"".join(_bytes(frames))
    stream = stream[: len(stream) - cut] if cut else stream
    texts, end = leading_texts(stream)
    protocol = Protocol(Side.CLIENT, state=OPEN)
    protocol.receive_data(stream[:end])
    assert protocol.events_received() == [Frame(Opcode.TEXT, text) for text in texts]
    expected = 0
    for (opcode, _, fin), data in zip(frames, _bytes(frames), strict=True):
        if opcode is not Opcode.TEXT or not fin or expected + len(data) > len(stream):
            break
        expected += len(data)
    assert end == expected


@given(FRAMES, st.integers(0, 300))
def test_between_frames_is_true_only_where_a_message_may_begin(
    frames: list[tuple[Opcode, int, bool]], cut: int
) -> None:
    protocol = Protocol(Side.CLIENT, state=OPEN)
    stream = b"".join(_bytes(frames))[:cut]
    protocol.receive_data(stream)
    if protocol.state is not OPEN or not between_frames(protocol):
        return
    protocol.events_received()
    protocol.receive_data(Frame(Opcode.TEXT, b"next").serialize(mask=False))
    assert protocol.events_received() == [Frame(Opcode.TEXT, b"next")]
    assert protocol.parser_exc is None


def test_between_frames_knows_this_version_of_websockets() -> None:
    client = ClientProtocol(parse_uri("ws://127.0.0.1/"))
    assert not between_frames(client)
    client.connect()
    server = ServerProtocol()
    request = client.connect()
    client.send_request(request)
    client.receive_data(_accepted(server, b"".join(client.data_to_send())))
    assert client.state is OPEN
    assert between_frames(client)
    client.receive_data(b"\x81")
    assert not between_frames(client)
    client.receive_data(b"\x01")
    assert not between_frames(client)
    client.receive_data(b"a\x01\x01b")
    assert not between_frames(client), "a fragmented message has begun"


def _accepted(server: ServerProtocol, request: bytes) -> bytes:
    server.receive_data(request)
    (event,) = server.events_received()
    server.send_response(server.accept(event))  # type: ignore[arg-type]
    return b"".join(server.data_to_send())
