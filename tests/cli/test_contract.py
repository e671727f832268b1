"""The machine contract: exit codes, JSON that fits the printed schema, errors in one line, no traceback, no socket."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from anmin.knowledge.model import LANGS
from anmin.person import examples

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session")
def anmin() -> Run:
    def run(*arguments: str, **kwargs: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "anmin", *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            **kwargs,
        )

    return run


@pytest.fixture(scope="session")
def schemas(anmin: Run) -> dict[str, Any]:
    return {name: json.loads(anmin("schema", name).stdout) for name in ("profile", "plan", "check")}


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", examples.names())
def test_every_example_gives_a_plan_a_question_or_a_stop(
    anmin: Run, schemas: dict[str, Any], name: str, lang: str
) -> None:
    done = anmin("plan", "--example", name, "--json", "--lang", lang)
    assert not done.stderr
    answer = json.loads(done.stdout)
    jsonschema.validate(answer, schemas["plan"])
    assert done.returncode == {"plan": 0, "ask": 3, "stop": 4}[answer["status"]]
    assert answer["lang"] == lang
    if answer["status"] == "stop":
        assert not answer["regimen"]
        assert answer["bath"] is None


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_line_of_the_text_is_the_answer(anmin: Run, lang: str) -> None:
    plain = anmin("plan", "--example", "taiwan-34", "--lang", lang)
    headline = json.loads(anmin("plan", "--example", "taiwan-34", "--lang", lang, "--json").stdout)["headline"]
    first = "".join(plain.stdout.split("\n\n")[0].split())
    assert first.startswith("".join(headline.split())[:20])


# The window of every pair is in data/interactions.yaml; the hours here are the scheduler cases of the labels.
CHECKS = [
    ("cipro", "magnesium citrate 200 mg elemental 22:30", "allow"),
    ("cipro", "magnesium citrate 300 mg elemental 20:30", "separate"),
    ("cipro", "Mg glycinate 200mg elemental 04:00", "separate"),
    ("dolutegravir", "Mg glycinate 200mg elemental 02:00", "separate"),
    ("japan-72", "酸化マグネシウム 330mg 寝る前", "consult"),
    ("snoring-pauses", "glycine 3 g 22:00", "stop"),
    ("unknown-medicine", "magnesium glycinate 200 mg elemental 22:00", "ask"),
    ("ssri-tryptophan", "L-tryptophan 500 mg 22:00", "avoid"),
    ("athlete-zma", "magnesium glycinate 400 mg elemental 22:00", "cap"),
]


@pytest.mark.parametrize(("name", "take", "verdict"), CHECKS)
def test_check_says_the_gravest_finding(
    anmin: Run, schemas: dict[str, Any], name: str, take: str, verdict: str
) -> None:
    done = anmin("check", "--example", name, "--take", take, "--json")
    answer = json.loads(done.stdout)
    jsonschema.validate(answer, schemas["check"])
    gravity = ["allow", "consult", "cap", "separate", "ask", "avoid", "block", "stop"]
    if verdict in ("allow", "stop"):
        assert answer["verdict"] == verdict
    else:
        assert gravity.index(answer["verdict"]) >= gravity.index(verdict)
    if verdict not in ("allow", "ask"):
        action = {"stop": "stop"}.get(verdict, verdict)
        assert action in {finding["action"] for finding in answer["findings"] if finding["applies"]}


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (("plan", "nowhere.yaml"), "nowhere.yaml"),
        (("plan", "--example", "nobody"), "nobody"),
        (("plan",), "PROFILE"),
        (("check", "--example", "cipro", "--take", "magnesium 5000000 mg"), "5000000"),
        (("why", "no-such-fact"), "no-such-fact"),
        (("dose", "two spoons of hope"), "two spoons"),
        (("schema", "dream"), "dream"),
        (("dance",), "dance"),
    ],
)
def test_bad_input_is_named_in_one_message_and_exits_2(anmin: Run, arguments: tuple[str, ...], names: str) -> None:
    done = anmin(*arguments)
    assert done.returncode == 2
    assert names in done.stderr
    assert "Traceback" not in done.stderr
    assert not done.stdout


@pytest.mark.parametrize(
    ("line", "field"),
    [("age: -3", "age"), ("kidney: {egfr: 900}", "egfr"), ("bed: '27:99'", "bed"), ("aeg: 34", "aeg")],
)
def test_an_impossible_profile_names_field_and_value(anmin: Run, tmp_path: Any, line: str, field: str) -> None:
    kept = [row for row in examples.text("taiwan-34").splitlines() if not row.startswith(line.split(":")[0] + ":")]
    profile = tmp_path / "profile.yaml"
    profile.write_text("\n".join([*kept, line]), encoding="utf-8")
    done = anmin("plan", str(profile))
    assert done.returncode == 2
    assert field in done.stderr
    assert "Traceback" not in done.stderr


def test_no_command_opens_a_socket() -> None:
    trap = (
        "import socket, sys\n"
        "def caught(*a, **k): raise SystemExit('a socket was opened')\n"
        "socket.socket = socket.create_connection = socket.getaddrinfo = caught\n"
        "from anmin.cli.main import main\n"
        "sys.argv = ['anmin', *sys.argv[1:]]\n"
        "main()\n"
    )
    for arguments in (
        ["plan", "--example", "taiwan-34", "--explain"],
        ["check", "--example", "cipro", "--take", "glycine 3 g 22:00"],
        ["facts", "magnesium"],
        ["dose", "200 mg Mg", "--as", "bisglycinate"],
    ):
        done = subprocess.run(
            [sys.executable, "-c", trap, *arguments], capture_output=True, text=True, timeout=60, check=False
        )
        assert "socket" not in done.stderr
        assert done.returncode in (0, 3, 4), done.stderr


def test_the_calendar_has_neutral_titles(anmin: Run, tmp_path: Any) -> None:
    from icalendar import Calendar

    target = tmp_path / "evening.ics"
    assert anmin("plan", "--example", "taiwan-34", "--ics", str(target)).returncode == 0
    events = Calendar.from_ical(target.read_bytes()).walk("VEVENT")
    assert events
    text = target.read_text(encoding="utf-8").lower()
    for word in ("magnesium", "glycine", "鎂", "mg ", "sleep"):
        assert word not in text


def test_a_reader_who_has_seen_enough_is_no_error() -> None:
    command = f"{sys.executable} -m anmin plan --example cipro --explain | head -n 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0
    assert not done.stderr


def test_an_answer_that_cannot_be_written_says_so() -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "anmin", "plan", "--example", "cipro"],
            stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 2
    assert "space" in done.stderr
