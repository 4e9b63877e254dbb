"""The platforms the service speaks: of each, its webhook (signature and meaning) and its API."""

from typing import Final

from reference_service.domain.events import PlatformName
from reference_service.platforms import doudian, doudian_api, open_im, open_im_api
from reference_service.platforms.api import MakeApi
from reference_service.platforms.webhook import Webhook

WEBHOOKS: Final[dict[PlatformName, Webhook]] = {"open-im": open_im, "doudian": doudian}
RECALLS: Final[frozenset[PlatformName]] = frozenset({"open-im"})  # whose API takes a sent message back
APIS: Final[dict[PlatformName, MakeApi]] = {"open-im": open_im_api.OpenIm, "doudian": doudian_api.Doudian}
