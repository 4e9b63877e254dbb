"""Everything that is kept: all records, and all settings of a shop."""

from typing import Final

import msgspec

from reference_service.domain.announcing import DeadLetter, Delivery, Webhook
from reference_service.domain.articles import Article
from reference_service.domain.auto_replies import AutoReplies
from reference_service.domain.big_sale import BigSale
from reference_service.domain.bot import Bot
from reference_service.domain.canned import CannedResponse
from reference_service.domain.chronicle import Happened
from reference_service.domain.complaint import Complaint, ComplaintNote, ComplaintPath
from reference_service.domain.coupons import CouponTemplates
from reference_service.domain.customers import Customer
from reference_service.domain.emergency import Activation
from reference_service.domain.external_bot import ExternalBot
from reference_service.domain.going_live import Live
from reference_service.domain.hours import BusinessHours
from reference_service.domain.incidents import Incident
from reference_service.domain.on_call import OnCall
from reference_service.domain.orders import Purchase
from reference_service.domain.overload import Overload
from reference_service.domain.profile import ShopProfile
from reference_service.domain.qualification import Certificate, Qualification
from reference_service.domain.ratings import Rating
from reference_service.domain.records import (
    Conflict,
    Conversation,
    Counter,
    Logged,
    Message,
    Person,
    Record,
    Setting,
    Shop,
    Taken,
    Told,
    WordList,
)
from reference_service.domain.reminders import Reminded, UnreadReminders
from reference_service.domain.retention import Retention
from reference_service.domain.routing_rules import RoutingRules
from reference_service.domain.silence import AutoClose
from reference_service.domain.staff import Training
from reference_service.domain.tiers import ResponseTiers, TierMark
from reference_service.domain.trials import Trial

RECORDS: Final[tuple[type[Record], ...]] = (
    Shop,
    Person,
    Conversation,
    Message,
    Told,
    Logged,
    Taken,
    Conflict,
    WordList,
    Setting,
    Counter,
    Rating,
    Qualification,
    Certificate,
    Trial,
    Live,
    Complaint,
    ComplaintNote,
    Incident,
    Activation,
    CannedResponse,
    Article,
    Happened,
    Customer,
    Purchase,
    Training,
    TierMark,
    Reminded,
    Webhook,
    Delivery,
    DeadLetter,
    Overload,
)

SHELVED: Final[tuple[type[Record], ...]] = (  # all in memory (shelves.py)
    Qualification,
    Certificate,
    Trial,
    Live,
    Complaint,
    Incident,
    Activation,
    CannedResponse,
    Webhook,
    Delivery,
)  # all in memory (shelves.py)

SETTINGS: Final[tuple[type[msgspec.Struct], ...]] = (
    BusinessHours,
    AutoReplies,
    BigSale,
    Bot,
    ExternalBot,
    RoutingRules,
    CouponTemplates,
    ShopProfile,
    ComplaintPath,
    ResponseTiers,
    OnCall,
    Retention,
    UnreadReminders,
    AutoClose,
)
