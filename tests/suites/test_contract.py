"""The contract, limited to what a target offers."""

from suites.contract import limited_to, openapi, operations, operations_of


def test_only_what_is_offered_is_left_and_it_is_as_the_contract_says() -> None:
    left = limited_to({"listAgents", "changeAgent", "no-such"})
    assert {each.id: each for each in operations_of(left)} == {
        name: operations()[name] for name in ("listAgents", "changeAgent")
    }
    assert left["components"] is openapi()["components"]
    assert len(list(operations_of(limited_to(operations())))) == len(operations())
    assert limited_to(())["paths"] == {}
