"""One row is one event; the kinds below are the whole vocabulary of a run.

A customer's message is known by the platform's `server_message_id`; before the platform has given one, by the
customer's own id (`ref` of the `accepted` row pairs the two). A reply is known by the token in its text (tokens.py).
"""

from typing import Final, NamedTuple

import pyarrow as pa

FORMAT: Final = 3
READABLE: Final = (2, 3)  # format 2 has no `clock` rows: all its streams were written on one host


class Event(NamedTuple):
    """One row. `t` is CLOCK_MONOTONIC of the recording host, integer nanoseconds; absent names are ""."""

    t: int
    kind: str
    shop: str = ""  # the shop's id in the run's specification
    conversation: str = ""  # customers, gateway: the platform's; agents: the target's own
    message: str = ""
    ref: str = ""
    actor: str = ""  # customer or agent
    device: str = ""
    n: int = 0
    note: str = ""


KINDS: Final[dict[str, str]] = {
    # customers: message = the customer's own id, conversation = the platform's
    "joined": "the customer's connection to the gateway is ready (n = reconnects so far)",
    "intended": "the schedule wanted this message sent at t; note 'listed' when its text has a listed word",
    "sent": "the message was written to the gateway's socket",
    "rejected": "the gateway did not take the message; note says why",
    "dropped": "an arrival nobody was free to make",
    "received": "a reply reached the customer; message = token ('' unreadable), ref = platform id; "
    "note 'listed' when a listed word is readable in it",
    "auto_received": "a text that the target sends by itself (its token was configured) reached the customer; columns "
    "as in `received`",
    "rated": "the customer's stars (n)",
    "left": "the customer ended the visit",
    # gateway: message = server_message_id, n = attempt from 1, conversation = the platform's
    "accepted": "the gateway took a customer's message; ref = the customer's own id, n = index in the conversation",
    "delayed": "the fault chain holds this push back; n = microseconds, note = '' or 'behind its successor'",
    "doubled": "this message is pushed once more; note '' (the same bytes), 'conflict' (another text) or 'repush'",
    "pushed": "an attempt to push began: its bytes were handed to the connection, or none could be made",
    "acknowledged": "the target answered the push with success",
    "push_failed": "refused, cut after the time limit, or no connection; note says which",
    "undelivered": "the gateway gave up by its retry plan",
    "forged": "a push with a wrong signature was sent; message = its id, which no customer ever sent",
    "forged_taken": "the target acknowledged a forged push",
    "called": "the target called the platform to send a reply; message = token ('' unreadable), ref = the new "
    "platform id, note = 'ok' or why it was refused",
    "auto_called": "the target called the platform to send a text of its own, a template's or a bot's; columns as in "
    "`called`",
    "other_call": "the target called what the platform does not simulate; note = its name, n = 1 where a stub answered",
    "delivered": "the reply was written to the customer's socket; message, ref as in `called`",
    # agents: conversation = the target's own, message = platform id of a customer's message, else the reply's token
    "device_on": "a device is connected; note 'fresh' or 'resumed'",
    "device_off": "a device's connection ended; note 'cut' or 'closed' (by the harness), else 'target: <reason>'",
    "availability": "note = online, away or offline; n = the agent's capacity",
    "assigned": "this device was told that the conversation is this agent's; n = capacity, note = the customer's grade "
    "and the agent's level, where they are known",
    "released": "this device was told that the conversation is no longer this agent's; note = why",
    "shown": "a customer's message appeared on this device; ref = the target's id, n = seq; note 'listed' when a "
    "listed word is readable in it",
    "withheld": "the device was told of a message whose text the filter blocked; message as in `shown`",
    "answered": "the agent pressed send; message = token, ref = platform id of the message answered, note 'listed'",
    "replied": "the target's answer to it; note = 'ok', 'unknown' or 'failed:<code>'",
    "reply_failed": "the target told the agent later that the reply failed; note says why",
    "in_doubt": "the target told the agent that the reply's fate is open",
    "auto_shown": "a text that the target sent by itself appeared on this device; ref = the target's id, n = seq",
    "tier": "the target told of a response tier (R3.1); note = '<tier> <warning|breached>'",
    "complaint": "a complaint, by the agent or as the target told it; message = its id, note = opened, closed …",
    "csat": "the target told of a customer's stars (n)",
    "figure": "a figure of the target's own dashboard at the end; note = its name, n = millionths",
    "not_offered": "the scenario wants this of the target and its adapter does not offer it; note = its name",
    # any process
    "phase": "a phase of the scenario begins; note = its name",
    "fault": "a deliberate disturbance; note = '<what> begins' or '<what> ends'",
    "aborted": "golive ended the run early: note = the line of abort_when that came true, and its figure",
    "died": "a process ended unasked; actor = its name, note = its exit",
    "restarted": "that process is ready again",
    "lag": "one sample of this process's loop lag; n = microseconds",
    "clock": "this clock compared with the gateway's at t: n = ns to add to a time here to get the gateway's, "
    "note = the most (ns) that may be wrong",
    "cpu": "n = microseconds of CPU this process has used so far",
    "watermark": "everything before t is in this stream",
    "end": "this stream is complete",
}

_NAME = pa.dictionary(pa.int32(), pa.utf8())
SCHEMA: Final = pa.schema(
    [
        ("t", pa.int64()),
        ("kind", _NAME),
        ("shop", _NAME),
        ("conversation", _NAME),
        ("message", _NAME),
        ("ref", _NAME),
        ("actor", _NAME),
        ("device", _NAME),
        ("n", pa.int64()),
        ("note", _NAME),
    ]
)
