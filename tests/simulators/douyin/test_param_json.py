"""The canonical form of parameters, row by row."""

import pytest

from simulators.douyin.param_json import canonical
from simulators.douyin.untrusted import Malformed


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("", "{}"),
        (" {} ", "{}"),
        ('{"b":1,"a":{"d":2,"c":[{"f":1,"e":2}]}}', '{"a":{"c":[{"e":2,"f":1}],"d":2},"b":1}'),
        ('{"name":"你好 <b>&","url":"a/b"}', '{"name":"你好 <b>&","url":"a/b"}'),
        ('{"name":"\\u4f60\\u003c\\/"}', '{"name":"你</"}'),
        ('{"id":4712345680779753833,"price":1.0,"rate":1e5}', '{"id":4712345680779753833,"price":1.0,"rate":1e5}'),
        ('{"a":null,"b":true,"c":false,"d":[],"e":"\\n\\""}', '{"a":null,"b":true,"c":false,"d":[],"e":"\\n\\""}'),
        ("9" * 5000, "9" * 5000),
    ],
)
def test_the_canonical_form(written: str, form: str) -> None:
    assert canonical(written) == form
    assert canonical(form) == form


@pytest.mark.parametrize("written", ["{", "NaN", "[" * 100_000, '{"a":Infinity}'])
def test_what_is_no_json_has_none(written: str) -> None:
    with pytest.raises(Malformed):
        canonical(written)
