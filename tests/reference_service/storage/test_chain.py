"""The chain's links, and what a start makes of chain and anchor."""

from reference_service.storage.chain import START, Head, Link, begin_note, link, restored_note

KEY = bytes(range(32))
FIRST = link(KEY, START, 10.0, "", b"body")


def test_a_link_follows_the_one_before_it() -> None:
    second = link(KEY, Head(FIRST.number, FIRST.hash), 11.0, "", b"body")
    assert (FIRST.number, second.number) == (1, 2)
    assert FIRST.hash != second.hash
    assert link(KEY, START, 10.0, "", b"body") == FIRST


def test_everything_a_link_says_is_in_its_hash() -> None:
    others = [
        link(bytes(32), START, 10.0, "", b"body"),
        link(KEY, Head(0, b"\1" * 32), 10.0, "", b"body"),
        link(KEY, Head(1, START.hash), 10.0, "", b"body"),
        link(KEY, START, 10.5, "", b"body"),
        link(KEY, START, 10.0, "b", b"body"),
        link(KEY, START, 10.0, "b", b"ody"),  # the same bytes, cut otherwise
        link(KEY, START, 10.0, "", b"bodY"),
    ]
    assert len({FIRST.hash, *(other.hash for other in others)}) == len(others) + 1


def test_a_start_finds_a_chain_that_ends_before_its_anchor_and_one_that_was_exchanged() -> None:
    newest, anchored = Head(7, b"g" * 32), Head(9, b"i" * 32)
    assert begin_note(at(START), None, None) == ""  # a new service
    assert begin_note(at(newest), START, None) == ""  # killed within its first commit
    assert begin_note(at(newest), newest, newest.hash) == ""
    assert begin_note(at(anchored), newest, newest.hash) == ""  # killed between commit and anchor
    lost = "was anchored, the chain ended at"
    assert begin_note(at(newest), anchored, None) == f"cut: 9 {anchored.hash.hex()} {lost} 7"
    assert begin_note(at(anchored), newest, b"x" * 32) == f"cut: 7 {newest.hash.hex()} {lost} 9"
    assert begin_note(at(newest), None, None) == "anchor lost: the chain ended at 7"
    assert begin_note(at(START), anchored, None).startswith("cut: 9 ")  # the database is gone


def test_a_restore_is_told_from_a_cut_by_its_link_and_only_of_the_head_it_names() -> None:
    newest, anchored = Head(7, b"g" * 32), Head(9, b"i" * 32)
    assert begin_note(at(newest, restored_note(anchored)), anchored, None) == ""
    assert begin_note(at(newest, restored_note(Head(9, b"j" * 32))), anchored, None).startswith("cut: 9 ")
    assert begin_note(at(newest, restored_note(Head(8, anchored.hash))), anchored, None).startswith("cut: 9 ")


def at(head: Head, note: str = "") -> Link:
    return Link(head.number, 1.0, note, b"", head.hash)
