"""Attacks by OWASP's items."""

import msgspec

from reports.matrix.attacks import Attack, attacks


def test_each_item_has_the_worst_state_of_its_cases(make):
    one, other = "API1:2023 Object", "WSTG-INPV-15 Splitting"
    cases = [
        msgspec.structs.replace(make("TENANT-1/a"), owasp=(one,)),
        msgspec.structs.replace(make("TENANT-1/b", "broken"), owasp=(other, one)),
        msgspec.structs.replace(make("TENANT-1/c", "not verified"), owasp=("ASVS 1",)),
        make("SYNC-1/d"),
    ]
    assert attacks(cases) == (
        Attack(item=one, state="broken", holds=1, broken=1, unknown=0, not_verified=0),
        Attack(item="ASVS 1", state="not verified", holds=0, broken=0, unknown=0, not_verified=1),
        Attack(item=other, state="broken", holds=0, broken=1, unknown=0, not_verified=0),
    )


def test_a_run_without_attacks_has_none(make):
    assert attacks([make("SYNC-1/a")]) == ()
