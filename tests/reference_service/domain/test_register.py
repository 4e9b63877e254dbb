"""Nothing that could be kept is forgotten."""

import importlib
import pkgutil

import msgspec

import reference_service.domain
from reference_service.domain.records import Record
from reference_service.domain.register import RECORDS, SETTINGS


def below(record: type[Record]) -> set[type[Record]]:
    return {record, *(deeper for each in record.__subclasses__() for deeper in below(each))}


def test_every_record_of_the_domain_is_registered() -> None:
    for module in pkgutil.walk_packages(reference_service.domain.__path__, "reference_service.domain."):
        importlib.import_module(module.name)
    ours = {record for record in below(Record) if record.__module__.startswith(reference_service.domain.__name__)}
    assert ours - {Record} == set(RECORDS)


def test_every_new_field_of_a_record_and_every_field_of_a_setting_has_a_default() -> None:
    for shape in SETTINGS:
        assert [field.name for field in msgspec.structs.fields(shape) if field.required] == []


def test_names_of_tables_and_settings_are_unique() -> None:
    names = [record.__name__.lower() for record in RECORDS]
    assert len(set(names)) == len(names)
    assert len({shape.__name__ for shape in SETTINGS}) == len(SETTINGS)
