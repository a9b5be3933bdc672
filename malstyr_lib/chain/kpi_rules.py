"""What can be wrong with the KPIs that goals rest on: no activity, ended, renamed, two owners."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from malstyr_lib import kpi_title, tables, text
from malstyr_lib.chain.basis import Basis, Loc, Remark, goals, of_committee
from malstyr_lib.model import Committee, Kpi


def used(basis: Basis) -> Iterator[tuple[Committee, Loc, Kpi]]:
    """Yield every KPI that a goal in force rests on, and where it stands in the committee's file.

    One that several goals of a committee rest on comes once.
    """
    seen = set()
    for committee, number, goal in goals(basis):
        for at, kpi in enumerate(goal.kpis):
            if (committee.slug, kpi) not in seen:
                seen.add((committee.slug, kpi))
                yield committee, ("mål", number, "nyckeltal", at), basis.registry[kpi]


def _remark(committee: Committee, loc: Loc, kpi: str, code: str, said: str, cure: str) -> Remark:
    return of_committee(committee, loc, (code, kpi), f"{kpi} {said}", cure)


def red_without_activity(basis: Basis) -> Iterator[Remark]:
    """Yield MS101: the red KPIs that no unit does anything about this year."""
    for committee, loc, kpi in used(basis):
        if basis.colour(kpi.id) == tables.RED and kpi.id not in basis.worked(committee):
            year = basis.now[kpi.id]["period"]
            said = f"är rött {year} men nämnden har ingen aktivitet {basis.year}"
            cure = (
                "lägg en aktivitet i nämndens fil i mappen aktiviteter, eller gör ett undantag"
                " med skäl"
            )
            yield _remark(committee, loc, kpi.id, "MS101", said, cure)


def ended(basis: Basis) -> Iterator[Remark]:
    """Yield MS105: the KPIs whose series has ended, by the registry's title or Kolada's."""
    for committee, loc, kpi in used(basis):
        live = (basis.titles or {}).get(kpi.id, "")
        if year := kpi_title.ended_year(live) or kpi_title.ended_year(kpi.title):
            said = f"upphörde {year}, så målet får inga nya värden"
            yield _remark(committee, loc, kpi.id, "MS105", said, "välj ett nyckeltal som lever")


def renamed(basis: Basis) -> Iterator[Remark]:
    """Yield MS106: the KPIs of the registry whose pinned title is not Kolada's, old and new.

    They have no colour until someone has looked at the change and pinned the new title.
    """
    for number, kpi in enumerate(basis.model.kpis):
        live = (basis.titles or {}).get(kpi.id)
        if live is not None and not kpi_title.same(kpi.title, live):
            yield Remark(
                "MS106",
                kpi.id,
                "nyckeltal.yaml",
                ("nyckeltal", number, "rubrik"),
                f"{kpi.id} har ändrats i Kolada och färgsätts inte. I nyckeltal.yaml:"
                f" ”{kpi.title}”. I Kolada: ”{live}”.{_what_changed(kpi.title, live)}",
                "granska riktningen och skriv in den nya rubriken",
            )


def _what_changed(pinned: str, live: str) -> str:
    """Return the change that matters most in a title, as a sentence of its own, or nothing."""
    if units := kpi_title.changed_unit(pinned, live):
        return f" Enheten har ändrats från {units[0]} till {units[1]}."
    ended = kpi_title.ended_year(live)
    return f" Serien upphörde {ended}." if ended and not kpi_title.ended_year(pinned) else ""


def undirected(basis: Basis) -> Iterator[Remark]:
    """Yield MS107: the KPIs without a direction, which can't say whether a goal is met."""
    for committee, loc, kpi in used(basis):
        if kpi.direction == "ingen":
            said = "har ingen riktning, så det går inte att säga om målet nås"
            cure = "välj ett nyckeltal med riktning, eller pröva riktningen i nyckeltal.yaml"
            yield _remark(committee, loc, kpi.id, "MS107", said, cure)


def unpublished(basis: Basis) -> Iterator[Remark]:
    """Yield MS108: the KPIs that Kolada does not have, or has no value of for the municipality."""
    for committee, loc, kpi in used(basis) if basis.evidence else ():
        cure = "välj ett nyckeltal som publiceras"
        if kpi.id not in (basis.titles or {}):
            said = "finns inte i Kolada"
        elif basis.evidence and kpi.id not in {*basis.evidence.number, *basis.asked}:
            said, cure = "är inte hämtat", "hämta på nytt med: malstyr hamta"
        elif not basis.has_value(kpi.id):
            said = "har inget värde för kommunen i det hämtade"
        else:
            continue
        yield _remark(committee, loc, kpi.id, "MS108", said, cure)


def two_owners(basis: Basis) -> Iterator[Remark]:
    """Yield MS109: the KPIs that more than one committee has among its goals, at the later ones."""
    owners: defaultdict[str, list[Committee]] = defaultdict(list)
    for committee, loc, kpi in used(basis):
        owners[kpi.id].append(committee)
        others = [one.code for one in owners[kpi.id][:-1]]
        if others:
            said = f"följs också av {text.listing(others)}, så det är oklart vem som ansvarar"
            cure = "låt en nämnd äga nyckeltalet, eller gör ett undantag med skäl"
            yield _remark(committee, loc, kpi.id, "MS109", said, cure)


def dropped(basis: Basis) -> Iterator[Remark]:
    """Yield MS110: the KPIs that a committee followed last year and does not now, by their colour.

    From the goals that ended, and from last year's published report.
    """
    for committee in basis.model.committees:
        now = set(committee.in_force(basis.year).kpis)
        published = basis.before.get(committee.slug, {})
        earlier = dict.fromkeys([*committee.in_force(basis.year - 1).kpis, *published])
        for kpi in (one for one in earlier if one not in now):
            then, now_is = published.get(kpi), basis.colour(kpi)
            had = f", då {text.NEUTER[then]}" if then else ""
            had = had or (f" (nu {text.NEUTER[now_is]})" if now_is else "")
            said = f"följdes {basis.year - 1}{had}, men inte {basis.year}"
            cure = "gör ett undantag med skälet, så att ett rött tal inte försvinner obemärkt"
            loc = _ended_at(committee, kpi)
            yield _remark(committee, loc, kpi, "MS110", said, cure)


def _ended_at(committee: Committee, kpi: str) -> Loc:
    """Return where a KPI stands that is followed no more, or the whole file."""
    for number, goal in enumerate(committee.goals):
        if kpi in goal.kpis:
            return ("mål", number, "till")
    return ()


def unreviewed(basis: Basis) -> Iterator[Remark]:
    """Yield MS126: how many directions nobody has looked at."""
    amount = sum(kpi.reviewed is None for kpi in basis.model.kpis)
    if amount:
        said = (
            f"{amount} av {len(basis.model.kpis)} nyckeltal har en riktning som ingen har granskat"
        )
        cure = "pröva riktningen och skriv dag och namn på raden granskad"
        yield Remark("MS126", "granskad", "nyckeltal.yaml", (), said, cure)


def wrong_bases(basis: Basis) -> Iterator[Remark]:
    """Yield MS128: the KPIs with a base that is not in Kolada, or can't be one."""
    titles = basis.titles or {}
    for number, kpi in enumerate(basis.model.kpis if basis.evidence else ()):
        if kpi.base and (wrong := _why_no_base(kpi, titles.get(kpi.base))):
            yield Remark(
                "MS128",
                kpi.id,
                "nyckeltal.yaml",
                ("nyckeltal", number, "underlag"),
                f"{kpi.id} har underlaget {kpi.base} i nyckeltal.yaml, men {wrong}. Avstånd"
                " sägs inte i antal personer",
                "rätta underlaget eller ta bort raden",
            )


def _why_no_base(kpi: Kpi, title: str | None) -> str:
    """Return why a KPI can't be a share of what has a title, or nothing when it can."""
    if title is None:
        return "det nyckeltalet finns inte i Kolada"
    if kpi_title.unit(kpi.title) != "%":
        return f"{kpi.id} är inte i procent"
    return "" if kpi_title.unit(title) == "antal" else f"i Kolada är det inget antal: ”{title}”"
