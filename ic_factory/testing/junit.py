"""A run as JUnit XML, which continuous integration reads."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from ic_factory.testing.results import Outcome, RunResult, ScenarioResult, StepResult

_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold, not even escaped (section 2.2)."""


def junit_xml(result: RunResult) -> str:
    """The document: a suite for each scenario, a case for each step, times in seconds."""
    root = ET.Element("testsuites", name="ic-factory", time=_time(result.seconds))
    for scenario in result.scenarios:
        root.append(_suite(scenario))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, "unicode")}\n'


def _suite(scenario: ScenarioResult) -> ET.Element:
    was_run = scenario.outcome is not Outcome.NOT_RUN
    suite = ET.Element(
        "testsuite",
        name=scenario.name,
        tests=str(len(scenario.steps) if was_run else 1),
        failures=str(len(scenario.failures)),
        errors="0",
        skipped=str(int(not was_run)),
        time=_time(scenario.seconds),
    )
    if not was_run:
        case = ET.SubElement(
            suite, "testcase", classname=scenario.name, name=scenario.about, time=_time(0)
        )
        ET.SubElement(case, "skipped", message="not run")
    for step in scenario.steps:
        _add_case(suite, step)
    return suite


def _add_case(suite: ET.Element, step: StepResult) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=suite.get("name", ""),
        name=step.name,
        time=_time(step.seconds),
    )
    if step.failure is None:
        return
    failure = ET.SubElement(
        case, "failure", type=step.failure.kind, message=_clean(step.failure.message)
    )
    failure.text = _clean("\n".join((*step.failure.lines, "", step.failure.trace)))


def _clean(text: str) -> str:
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)


def _time(seconds: float) -> str:
    return f"{seconds:.3f}"
