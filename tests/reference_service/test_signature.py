"""The webhook signature, against the vector computed from the platform's own demo algorithm."""

import pytest

from reference_service import signature

VECTOR_SECRET = "test_secret"
VECTOR_BODY = b'{"event":"verify_webhook","client_key":"abc","content":{"challenge":12345}}'
VECTOR = "ff779a3b9e9daa2d1484d22450cd02e9fcfc4e62"


def test_signature_equals_the_published_algorithms_vector() -> None:
    assert signature.sign(VECTOR_SECRET, VECTOR_BODY) == VECTOR


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ("", "missing"),
        (VECTOR[:-1], "truncated"),
        (VECTOR.upper(), "another spelling"),
        (VECTOR + "0", "longer"),
        ("é" * 40, "not ASCII"),
    ],
)
def test_wrong_signatures_are_refused(given: str, why: str) -> None:
    assert not signature.verify_signature([VECTOR_SECRET], VECTOR_BODY, given), why


def test_a_reserialised_body_is_refused() -> None:
    assert not signature.verify_signature([VECTOR_SECRET], VECTOR_BODY.replace(b":", b": "), VECTOR)


def test_any_of_several_apps_may_have_signed() -> None:
    assert signature.verify_signature(["other", VECTOR_SECRET], VECTOR_BODY, VECTOR)
    assert not signature.verify_signature(["other"], VECTOR_BODY, VECTOR)
    assert not signature.verify_signature([], VECTOR_BODY, VECTOR)
