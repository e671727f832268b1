"""The evening as calendar entries that a neighbour may read: neutral titles, no substance, no diagnosis.

RFC 5545; floating local times, because an evening happens where the person is.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from anmin.knowledge.load import Knowledge
from anmin.knowledge.model import Lang
from anmin.plan.model import Plan
from anmin.units.clock import DAY

_SLOT = timedelta(minutes=5)


def plan_ics(plan: Plan, knowledge: Knowledge, lang: Lang, first_day: date) -> bytes:
    """A daily repeating event for each line of the evening, until the first review.

    An hour after midnight belongs to the evening before, so it is put on the following date.
    """
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", "-//anmin//evening//EN")
    calendar.add("version", "2.0")
    nights = round(knowledge.value("plan.review-first") * 7)
    noon = DAY // 2
    for number, line in enumerate(plan.lines):
        event = Event()
        event.add("uid", f"{first_day:%Y%m%d}-{number}@anmin")
        event.add("dtstamp", datetime.combine(first_day, time()))
        event.add("summary", knowledge.say("report.calendar_title", lang, number=number + 1))
        day = first_day if line.clock >= noon else first_day + timedelta(days=1)
        start = datetime.combine(day, time()) + timedelta(minutes=line.clock)
        event.add("dtstart", start)
        event.add("dtend", start + _SLOT)
        event.add("rrule", {"freq": "daily", "count": nights})
        event.add("class", "PRIVATE")
        calendar.add_component(event)
    return bytes(calendar.to_ical())
