"""Every rule of the goal chain, each with its code; and the remarks that somebody lets stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from malstyr_lib.chain import goal_rules, kpi_rules, perspectives, work_rules
from malstyr_lib.chain.basis import Basis, Remark, committee_file
from malstyr_lib.model import Waiver

Rule = Callable[[Basis], Iterator[Remark]]

RULES: Final[dict[str, tuple[Rule, str]]] = {
    "MS101": (kpi_rules.red_without_activity, "rött nyckeltal utan aktivitet"),
    "MS102": (work_rules.without_kpi, "aktivitet utan nyckeltal"),
    "MS103": (work_rules.past_its_day, "aktivitet förbi sin dag"),
    "MS104": (work_rules.past_its_check, "aktivitet vars kontroll har passerat"),
    "MS105": (kpi_rules.ended, "mål som vilar på ett upphört nyckeltal"),
    "MS106": (kpi_rules.renamed, "nyckeltal som har bytt rubrik i Kolada"),
    "MS107": (kpi_rules.undirected, "mål som vilar på ett nyckeltal utan riktning"),
    "MS108": (kpi_rules.unpublished, "mål som vilar på ett nyckeltal utan värde i Kolada"),
    "MS109": (kpi_rules.two_owners, "nyckeltal som två nämnder följer"),
    "MS110": (kpi_rules.dropped, "nyckeltal som har lämnats sedan förra året"),
    "MS111": (goal_rules.beyond_reach, "målnivå som ingen kommun har nått på så lång tid"),
    "MS112": (goal_rules.past_year, "målnivå vars år har passerat"),
    "MS113": (perspectives.gaps, "perspektiv utan mål"),
    "MS114": (perspectives.gaps, "perspektiv utan nyckeltal"),
    "MS115": (perspectives.gaps, "perspektiv utan aktivitet"),
    "MS116": (perspectives.gaps, "perspektiv utan återrapportering"),
    "MS117": (goal_rules.undecided, "mål utan beslut"),
    "MS118": (work_rules.lost_units, "aktivitet i en enhet som inte finns"),
    "MS119": (work_rules.lost_units, "aktivitet när enheten inte finns"),
    "MS120": (work_rules.silence, "obesvarad fråga"),
    "MS121": (work_rules.not_done, "åtgärd på en fråga förbi sin dag"),
    "MS122": (work_rules.moved, "anteckning skriven vid ett annat värde"),
    "MS123": (goal_rules.hindsight, "förväntan skriven i efterhand"),
    "MS124": (goal_rules.too_few_or_many, "för få eller för många fokusnyckeltal"),
    "MS125": (goal_rules.unanswered, "fullmäktigemål som ingen nämnd svarar för"),
    "MS126": (kpi_rules.unreviewed, "riktningar som ingen har granskat"),
    "MS127": (goal_rules.examples, "mål som bara är exempel"),
    "MS128": (kpi_rules.wrong_bases, "underlag som inte kan stämma"),
    "MS130": (work_rules.persons, "text med personnummer"),
}
"""The rules by code, each with what it finds in a few words; MS129 is a waiver of nothing."""
UNUSED: Final = ("MS129", "undantag som inte behövs")


def lint(basis: Basis) -> list[Remark]:
    """Return everything to look over, errors first, then by code; what is waived has the reason."""
    rules = dict.fromkeys(rule for rule, _ in RULES.values())
    found = [_judged(basis, remark) for rule in rules for remark in rule(basis)]
    found += _unused(basis, found)
    return sorted(found, key=lambda one: (one.severity != "fel", one.code, one.committee))


def _judged(basis: Basis, remark: Remark) -> Remark:
    """Return a remark with the reason that somebody lets it stand for, if anybody does."""
    for waiver, slug, _, _ in _waivers(basis):
        if _is_about(waiver, slug, remark):
            return replace(remark, waived=waiver.why)
    return remark


def _is_about(waiver: Waiver, slug: str, remark: Remark) -> bool:
    about = waiver.about is None or waiver.about.casefold() == remark.about.casefold()
    return waiver.code == remark.code and slug in ("", remark.committee) and about


def _waivers(basis: Basis) -> Iterator[tuple[Waiver, str, str, int]]:
    """Yield every waiver with the committee that it holds for ("": all), its file and number."""
    for number, waiver in enumerate(basis.model.waivers):
        yield waiver, "", "styrmodell.yaml", number
    for committee in basis.model.committees:
        for number, waiver in enumerate(committee.waivers):
            yield waiver, committee.slug, committee_file(committee), number


def _unused(basis: Basis, found: list[Remark]) -> list[Remark]:
    """Return the waivers that let nothing stand; those that need figures only with figures."""
    needs_figures = {"MS101", "MS106", "MS108", "MS110", "MS111", "MS122", "MS123", "MS128"}
    return [
        Remark(
            UNUSED[0],
            waiver.code,
            file,
            ("undantag", number),
            f"Undantaget från {waiver.code}{_about(waiver)} gäller ingenting",
            _unused_cure(waiver, slug, found),
            slug,
        )
        for waiver, slug, file, number in _waivers(basis)
        if not any(_is_about(waiver, slug, remark) for remark in found)
        and (basis.evidence is not None or waiver.code not in needs_figures)
    ]


def _unused_cure(waiver: Waiver, slug: str, found: list[Remark]) -> str:
    """Return what to do with a waiver of nothing; one of the whole must stand with the whole."""
    if slug and any(_is_about(waiver, "", one) and not one.committee for one in found):
        return "flytta det till styrmodell.yaml: anmärkningen hör inte till någon nämnd"
    return "ta bort det, eller rätta kod och gäller"


def _about(waiver: Waiver) -> str:
    return f" för {waiver.about}" if waiver.about else ""
