"""Pinyin is loaded once and slowly: before a property's deadline counts."""

from reference_service.filtering.sounds import pinyin

assert list(pinyin("微")) == ["wei"]
