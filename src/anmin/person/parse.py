"""A profile's file, field by field: from the tree of nodes to the answers."""

from __future__ import annotations

import re
from typing import Any, TypeVar, cast

import msgspec

from anmin.errors import ProfileError
from anmin.knowledge.load import Knowledge
from anmin.knowledge.plain import Node
from anmin.person.answers import (
    Alcohol,
    Bathing,
    Caffeine,
    Diet,
    Kidney,
    Medicine,
    PackPrice,
    Preferences,
    Product,
    Profile,
    Sleep,
)
from anmin.person.day_times import find_hours
from anmin.person.document import read_document
from anmin.person.fields import Reader, nearest
from anmin.person.quantities import (
    creatinine_mg_dl,
    folded,
    height_cm,
    money,
    money_per_day,
    per_week,
    serum_magnesium_mmol_l,
    surgery,
    weeks,
    weight_kg,
)
from anmin.person.words import choose, is_nothing, is_unanswered, plain

Block = TypeVar("Block", bound=msgspec.Struct)

_ENTRY_KEYS = ("name", "product", "substance", "dose", "amount", "at", "form", "route", "contains")

_YEARS = r"years?(?: old)?|y|yo|歲|岁|歳|才"
_WEEKS = r"weeks?|wks?|w|週|周|週目"


def parse(text: str, name: str, knowledge: Knowledge) -> Profile:
    """The answers in a YAML or JSON text; :class:`ProfileError` names field, value, what is allowed, and the line."""
    return parse_nodes(read_document(text, name), name, knowledge)


def parse_nodes(top: dict[str, Node], name: str, knowledge: Knowledge) -> Profile:
    """The answers in a tree of nodes."""
    return _Profile(Reader(knowledge, name), top).read()


class _Profile:
    def __init__(self, reader: Reader, top: dict[str, Node]) -> None:
        self.get = reader
        self.top = _lift(reader, top)

    def read(self) -> Profile:
        get, top = self.get, self.top
        sex = get.choice(top.get("sex"), "sex", "sex")
        pregnant, week = self.pregnant(sex)
        return Profile(
            age=get.whole(top.get("age"), "age", "age", _YEARS),
            sex=cast(Any, sex),
            pregnant=cast(Any, pregnant),
            pregnancy_week=week,
            breastfeeding=get.yes_no(top.get("breastfeeding"), "breastfeeding"),
            weight_kg=get.quantity(top.get("weight_kg"), "weight_kg", weight_kg),
            height_cm=get.quantity(top.get("height_cm"), "height_cm", height_cm),
            country=cast(Any, get.choice(top.get("country"), "country", "country")),
            kidney=self.kidney(top.get("kidney")),
            serum_magnesium=get.kept(top.get("serum_magnesium"), "serum_magnesium", serum_magnesium_mmol_l),
            conditions=get.words(top.get("conditions"), "conditions"),
            allergies=get.words(top.get("allergies"), "allergies"),
            surgery=get.quantity(top.get("surgery"), "surgery", surgery),
            medicines=self.medicines(top.get("medicines")),
            taking=self.taking(top.get("taking")),
            diet=self.diet(top.get("diet")),
            alcohol=self.alcohol(top.get("alcohol")),
            caffeine=self.caffeine(top.get("caffeine")),
            sleep=self.sleep(top.get("sleep")),
            bed=get.clock(top.get("bed"), "bed"),
            rise=get.clock(top.get("rise"), "rise"),
            dinner=get.clock(top.get("dinner"), "dinner"),
            bathing=self.bathing(top.get("bathing")),
            red_flags=self.red_flags(top.get("red_flags")),
            drives_at_night=get.yes_no(top.get("drives_at_night"), "drives_at_night"),
            night_work=get.yes_no(top.get("night_work"), "night_work"),
            night_care=get.yes_no(top.get("night_care"), "night_care"),
            preferences=self.preferences(top.get("preferences")),
            budget=self.budget(top.get("budget")),
            prices=self.prices(top.get("prices")),
        )

    def pregnant(self, sex: str | None) -> tuple[str | None, int | None]:
        """The answer and the week; ``pregnant: 20 weeks`` gives both. Contradictions are errors."""
        node, below = self.top.get("pregnant"), self.top.get("pregnancy_week")
        week = self.get.whole(below, "pregnancy_week", "pregnancy_week", _WEEKS)
        text = self.get.text(node, "pregnant")
        answer = None
        if text is not None and node is not None:
            stated = re.search(rf"(\d+)\s*(?:{_WEEKS})", folded(text), re.IGNORECASE)
            if stated:
                answer = "yes"
                week = week or self.get.whole(Node(stated[1], node.line), "pregnancy_week", "pregnancy_week")
            else:
                answer = self.get.choice(node, "pregnant", "pregnant")
        if week is not None and answer in ("no", "trying") and below is not None:
            raise self.get.error("pregnancy_week", below, f"no week beside pregnant: {answer}")
        if sex == "male" and (answer in ("yes", "trying") or week is not None):
            raise self.get.error("pregnant", node or below or Node(None), "no, beside sex: male")
        return answer, week

    def kidney(self, node: Node | None) -> Kidney | None:
        if node is None or node.value is None:
            return None
        if isinstance(node.value, str):
            if is_unanswered(node.value, self.get.knowledge):
                return None
            bare = re.fullmatch(r"(?:e?gfr)?\s*[:=]?\s*([-\d.,]+)(?:\s*ml.*)?", folded(node.value), re.IGNORECASE)
            inside = {"egfr": Node(bare[1], node.line)} if bare else {"creatinine": node}
        else:
            inside = self.get.mapping(node, "kidney", Kidney.__struct_encode_fields__)
        answer = Kidney(
            egfr=self.get.number(inside.get("egfr"), "kidney.egfr", "egfr", r"ml\s*/\s*min.*"),
            creatinine=self.get.kept(inside.get("creatinine"), "kidney.creatinine", creatinine_mg_dl),
        )
        return _or_none(answer)

    def medicines(self, node: Node | None) -> tuple[str | Medicine, ...] | None:
        lines = self.get.lines(node, "medicines")
        if lines is None:
            return None
        return tuple(self.medicine(each, f"medicines[{i}]") for i, each in enumerate(lines))

    def medicine(self, node: Node, field: str) -> str | Medicine:
        if isinstance(node.value, str):
            self.get.at_line(node, find_hours, node.value, self.get.knowledge, field)
            return node.value
        inside = self.get.mapping(_named(node, "name"), field, Medicine.__struct_encode_fields__)
        name = self.get.text(inside.get("name"), f"{field}.name")
        if not name:
            raise self.get.error(f"{field}.name", node, "the name on the pack")
        at, as_needed = inside.get("at"), self.get.yes_no(inside.get("as_needed"), f"{field}.as_needed")
        if at is not None and isinstance(at.value, str) and choose("as_needed", at.value, self.get.knowledge):
            at, as_needed = None, True
        stopped = inside.get("stopped_days_ago")
        return Medicine(
            name=name,
            dose=self.get.text(inside.get("dose"), f"{field}.dose"),
            at=self.get.hours(at, f"{field}.at"),
            route=cast(Any, self.get.choice(inside.get("route"), f"{field}.route", "route")),
            as_needed=bool(as_needed),
            stopped_days_ago=self.get.whole(stopped, f"{field}.stopped_days_ago", "stopped_days", "days?|天|日"),
            contains=self.get.words(inside.get("contains"), f"{field}.contains") or (),
        )

    def taking(self, node: Node | None) -> tuple[str | Product, ...] | None:
        lines = self.get.lines(node, "taking")
        if lines is None:
            return None
        return tuple(self.product(each, f"taking[{i}]") for i, each in enumerate(lines))

    def product(self, node: Node, field: str) -> str | Product:
        if isinstance(node.value, str):
            self.get.at_line(node, find_hours, node.value, self.get.knowledge, field)
            return node.value
        known = (*Product.__struct_encode_fields__, "substance", "name", "dose")
        inside = self.get.mapping(_named(node, "product"), field, known)
        name = next((text for key in ("product", "substance", "name")
                     if (text := self.get.text(inside.get(key), f"{field}.{key}"))), None)  # fmt: skip
        if not name:
            raise self.get.error(f"{field}.product", node, "the name of the product or substance")
        return Product(
            product=name,
            form=self.get.text(inside.get("form"), f"{field}.form"),
            amount=self.get.text(inside.get("amount", inside.get("dose")), f"{field}.amount"),
            basis=cast(Any, self.get.choice(inside.get("basis"), f"{field}.basis", "basis")),
            at=self.get.hours(inside.get("at"), f"{field}.at"),
            contains=self.get.words(inside.get("contains"), f"{field}.contains") or (),
        )

    def diet(self, node: Node | None) -> Diet | None:
        if node is None or node.value is None:
            return None
        if isinstance(node.value, str):
            inside = {"magnesium_mg": node}
        else:
            inside = self.get.mapping(node, "diet", Diet.__struct_encode_fields__)
        number = self.get.number(inside.get("magnesium_mg"), "diet.magnesium_mg", "diet_magnesium_mg",
                                 r"mg(?:\s*(?:/|a|per)\s*day)?|毫克|ミリグラム")  # fmt: skip
        return _or_none(Diet(magnesium_mg=number, foods=self.foods(inside.get("foods"))))

    def foods(self, node: Node | None) -> dict[str, str] | None:
        if node is None or node.value is None:
            return None
        if not isinstance(node.value, dict):
            raise self.get.error("diet.foods", node, "lines such as `almonds: 2/week`")
        made: dict[str, str] = {}
        for name, often in node.value.items():
            text = self.get.kept(often, f"diet.foods.{name}", per_week)
            if text is not None:
                made[name] = text
        return made or None

    def alcohol(self, node: Node | None) -> Alcohol | None:
        if node is None or node.value is None:
            return None
        if isinstance(node.value, str):
            word = choose("yes_no", node.value, self.get.knowledge) or is_unanswered(node.value, self.get.knowledge)
            inside = {"tonight" if word else "last": node}
        else:
            inside = self.get.mapping(node, "alcohol", Alcohol.__struct_encode_fields__)
        tonight, last = self.get.yes_no(inside.get("tonight"), "alcohol.tonight"), inside.get("last")
        if last is not None and isinstance(last.value, str) and is_nothing(last.value, self.get.knowledge):
            tonight, last = (tonight or False), None
        return _or_none(Alcohol(tonight=tonight, last=self.get.clock(last, "alcohol.last")))

    def caffeine(self, node: Node | None) -> Caffeine | None:
        inside = {"last": node} if node is not None and isinstance(node.value, str) else self.get.mapping(
            node, "caffeine", Caffeine.__struct_encode_fields__
        )  # fmt: skip
        last = inside.get("last")
        if last is not None and isinstance(last.value, str) and is_nothing(last.value, self.get.knowledge):
            return Caffeine(last="none")
        return _or_none(Caffeine(last=self.get.clock(last, "caffeine.last")))

    def sleep(self, node: Node | None) -> Sleep | None:
        if node is not None and isinstance(node.value, str):
            node = Node({"problem": node}, node.line)
        inside = self.get.mapping(node, "sleep", Sleep.__struct_encode_fields__)
        numbers = {
            name: self.get.number(inside.get(name), f"sleep.{name}", name, "points?|分|點|点|minutes?|min|分鐘|分钟")
            for name in ("latency_min", "isi", "psqi", "epworth", "ais")
        }
        problem = cast(Any, self.get.choice(inside.get("problem"), "sleep.problem", "problem"))
        return _or_none(Sleep(problem=problem, lasting=self.get.kept(inside.get("for"), "sleep.for", weeks), **numbers))

    def bathing(self, node: Node | None) -> Bathing | None:
        if node is not None and isinstance(node.value, str):
            hours = self.get.at_line(node, find_hours, node.value, self.get.knowledge, "bathing")
            parts = {"kind": Node(hours.rest, node.line)}
            if hours.found:
                parts["at"] = Node(node.value.replace(hours.rest, " "), node.line)
            node = Node(parts, node.line)
        inside = self.get.mapping(node, "bathing", Bathing.__struct_encode_fields__)
        return _or_none(
            Bathing(
                kind=cast(Any, self.get.choice(inside.get("kind"), "bathing.kind", "bathing")),
                at=self.get.clock(inside.get("at"), "bathing.at"),
                alone=self.get.yes_no(inside.get("alone"), "bathing.alone"),
            )
        )

    def red_flags(self, node: Node | None) -> dict[str, bool] | None:
        if node is None or node.value is None:
            return None
        flags = self.get.knowledge.red_flags
        if isinstance(node.value, dict):
            answers = {}
            for typed, value in node.value.items():
                answer = self.get.yes_no(value, f"red_flags.{typed}")
                if answer is not None:
                    answers[self.flag(typed, value)] = answer
            return answers or None
        if isinstance(node.value, str) and choose("yes_no", node.value, self.get.knowledge) == "no":
            return dict.fromkeys(flags, False)
        named = self.get.words(node, "red_flags")
        return None if named is None else {**{self.flag(each, node): True for each in named}} or None

    def flag(self, typed: str, node: Node) -> str:
        key = plain(typed).replace(" ", "-")
        for flag in self.get.knowledge.red_flags.values():
            names = (flag.id, *(plain(getattr(flag.name, lang)) for lang in ("en", "zh_hant", "ja")))
            if key in names or plain(typed) in names:
                return flag.id
        known = tuple(self.get.knowledge.red_flags)
        raise ProfileError(f"red_flags.{typed}", typed, ", ".join(known), nearest(typed, known),
                           file=self.get.file, line=node.line)  # fmt: skip

    def preferences(self, node: Node | None) -> Preferences | None:
        if node is None or node.value is None:
            return None
        if not isinstance(node.value, dict):
            listed = self.get.words(node, "preferences") or ()
            node = Node({word: Node("yes", node.line) for word in listed}, node.line)
        fields = Preferences.__struct_encode_fields__
        inside = self.get.mapping(node, "preferences", (*fields, "one_thing", "blend", "no_matter"))
        prefer = self.get.choice(inside.get("prefer"), "preferences.prefer", "prefer")
        for name in ("one_thing", "blend", "no_matter"):
            if self.get.yes_no(inside.get(name), f"preferences.{name}"):
                prefer = name
        flags = {
            name: self.get.yes_no(inside.get(name), f"preferences.{name}")
            for name in ("no_capsules", "vegan", "cheapest")
        }
        lists = {name: self.get.words(inside.get(name), f"preferences.{name}") or () for name in ("refuses", "wants")}
        return _or_none(Preferences(prefer=cast(Any, prefer), **cast(Any, flags), **cast(Any, lists)))

    def budget(self, node: Node | None) -> str | None:
        text = self.get.text(node, "budget")
        if text is None or node is None:
            return None
        self.get.at_line(node, money_per_day, text, "budget", self.get.knowledge, None)
        return text

    def prices(self, node: Node | None) -> tuple[PackPrice, ...]:
        if node is None or node.value is None:
            return ()
        if not isinstance(node.value, list):
            raise self.get.error("prices", node, "a list, one pack an entry")
        return tuple(self.price(each, f"prices[{i}]") for i, each in enumerate(node.value))

    def price(self, node: Node, field: str) -> PackPrice:
        get = self.get
        inside = get.mapping(node, field, PackPrice.__struct_encode_fields__)
        product, price = get.text(inside.get("product"), f"{field}.product"), inside.get("price")
        shown = get.text(price, f"{field}.price")
        pieces = get.number(inside.get("pieces"), f"{field}.pieces", "pieces")
        each = get.number(inside.get("mg_per_piece"), f"{field}.mg_per_piece", "one_dose_any_mg", "mg|毫克")
        if product is None or shown is None or price is None or pieces is None or each is None:
            raise get.error(field, node, "product, price, pieces and mg_per_piece, all four")
        get.at_line(price, money, shown, "price", f"{field}.price", get.knowledge, None)
        return PackPrice(product=product, price=shown, pieces=pieces, mg_per_piece=each)


def _lift(reader: Reader, top: dict[str, Node]) -> dict[str, Node]:
    """The top fields by their own names; a lone ``egfr:`` or ``isi:`` moves into the block it belongs to."""
    names = Profile.__struct_encode_fields__
    made: dict[str, Node] = {}
    lone: list[tuple[str, str, Node]] = []
    for typed, node in top.items():
        target = choose("key", typed, reader.knowledge)
        if target is not None and "." in target and plain(typed).replace(" ", "_") not in names:
            lone.append((target, typed, node))
            continue
        name = reader.key(typed, "", names, node)
        if name in made:
            raise ProfileError(name, typed, "every field once", file=reader.file, line=node.line)
        made[name] = node
    for target, typed, node in lone:
        name, _, inside = target.partition(".")
        block = made.get(name, Node(None)).value
        if isinstance(block, str | list) or inside in (block or {}):
            raise ProfileError(target, typed, f"one of {name} and {typed}", file=reader.file, line=node.line)
        made[name] = Node({**(block or {}), inside: node}, node.line)
    return made


def _named(node: Node, key: str) -> Node:
    """``- levothyroxine: 23:00`` means a name and its hours."""
    if isinstance(node.value, dict) and len(node.value) == 1:
        (name, inside), *_ = node.value.items()
        if plain(name) not in _ENTRY_KEYS and not isinstance(inside.value, dict):
            return Node({key: Node(name, node.line), "at": inside}, node.line)
        if isinstance(inside.value, dict) and plain(name) not in _ENTRY_KEYS:
            return Node({key: Node(name, node.line), **inside.value}, node.line)
    return node


def _or_none(answer: Block) -> Block | None:
    """None for a block in which nothing was answered."""
    return None if answer == type(answer)() else answer
