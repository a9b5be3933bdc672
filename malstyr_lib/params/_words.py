"""What each key of the parameter files is for, in Swedish, as an editor shows it beside the key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_ID: Final = "Kort namn som andra filer hänvisar till: högst 40 bokstäver, siffror, - och _."
_EXAMPLE: Final = (
    "ja betyder att det är ett exempel som ingen har beslutat; annars utelämnas raden."
)
_DECISION: Final = "Vem som beslutade, dag och paragraf: Kommunfullmäktige 2026-11-23 § 112"
_SINCE: Final = "Första året, till exempel 2024. Utelämnas om det alltid har funnits."
_UNTIL: Final = "Sista året, till exempel 2026. Utelämnas så länge det gäller."
_REPLACES: Final = "Id för dem som detta tog över efter, så att historiken följer med."
_FOCUS_AREA: Final = "Fokusområdets id i styrmodell.yaml. Får utelämnas."
_PERSPECTIVE: Final = "Perspektivets id i styrmodell.yaml."
_KPI: Final = "Nyckeltalets id, till exempel N00090."
_LEVEL: Final = "minst 85, högst 5,5, lämna rött, bli grönt eller median bland liknande."
_WAIVERS: Final = {
    "undantag": "Anmärkningar som någon har tittat på och låter stå.",
    "undantag.kod": "Anmärkningens kod, till exempel MS101.",
    "undantag.gäller": "Det som anmärkningen nämner först, till exempel ett nyckeltals id.",
    "undantag.varför": "Varför anmärkningen får stå.",
}

DESCRIPTIONS: Final[Mapping[str, Mapping[str, str]]] = {
    "kommun": {
        "": "Kommunen som styr.",
        "kod": "Kommunkoden, fyra siffror som hos SCB och Kolada: 2083 eller 0114.",
        "namn": "Kommunens namn, som i Kolada och som det ska stå i rapporterna.",
    },
    "styrmodell": {
        "": "Styrmodellen: perspektiv, fokusområden, fullmäktiges mål och rapporter.",
        "perspektiv": "Perspektiven som varje nämnd svarar för.",
        "perspektiv.id": _ID,
        "perspektiv.namn": "Perspektivets namn, som i rapporterna.",
        "fokusområden": "Fokusområden inom perspektiven.",
        "fokusområden.id": _ID,
        "fokusområden.namn": "Fokusområdets namn, som i rapporterna.",
        "fokusområden.perspektiv": "Id för det perspektiv som fokusområdet hör till.",
        "mål": "Fullmäktiges mål.",
        "mål.id": _ID,
        "mål.text": "Målets ordalydelse. Text med kolon skrivs inom enkla citattecken.",
        "mål.perspektiv": "Id för det perspektiv som målet hör till.",
        "mål.fokusområden": "Id för de fokusområden som målet gäller. Får utelämnas.",
        "mål.exempel": _EXAMPLE,
        "mål.beslut": _DECISION,
        "rapporter": "Rapporterna och deras stoppdagar, för malstyr kalender.",
        "rapporter.id": _ID,
        "rapporter.namn": "Rapportens namn, till exempel Delårsrapport 2026.",
        "rapporter.år": "Året som rapporten gäller.",
        "rapporter.stoppdag": "Sista dagen som siffror kan komma med, till exempel 2026-09-11.",
        **_WAIVERS,
    },
    "nyckeltal": {
        "": "Registret över nyckeltal som kommunen kan välja bland.",
        "nyckeltal": "Ett block per nyckeltal.",
        "nyckeltal.id": "Koladas id: N eller U och fem siffror, till exempel N00090.",
        "nyckeltal.rubrik": "Koladas rubrik, ordagrant. Ändras den i Kolada säger malstyr till.",
        "nyckeltal.riktning": "högt: höga värden är bra. lågt: låga är bra. mål: nära värdet på"
        " raden mål är bra. ingen: varken bra eller dåligt, ingen färg.",
        "nyckeltal.mål": "Det bästa värdet, bara när riktning är mål.",
        "nyckeltal.perspektiv": _PERSPECTIVE,
        "nyckeltal.fokusområde": _FOCUS_AREA,
        "nyckeltal.liknande": "Området för Koladas liknande kommuner, till exempel grundskola.",
        "nyckeltal.underlag": "Id för det nyckeltal som ger antalet personer som detta är en andel"
        " av. Hellre inget än fel.",
        "nyckeltal.påverkbarhet": "Er bedömning av hur mycket kommunen själv kan göra åt talet:"
        " 1 liten, 2 viss, 3 stor. Får utelämnas.",
        "nyckeltal.lagkrav": "ja om lagen kräver det som talet mäter, annars nej. Utelämnas när"
        " ingen har prövat saken.",
        "nyckeltal.kronor": "Vad en person eller en enhet av avståndet kostar hos er, i kronor. Er"
        " egen schablon; utan den sägs inget om kronor.",
        "nyckeltal.granskad": "nej, eller dag och namn: 2026-11-23 Anna Berg",
        "nyckeltal.anteckning": "Det som den som läser rapporten bör veta. Får utelämnas.",
    },
    "namnd": {
        "": "En nämnd: dess mål och de nyckeltal som den styr mot.",
        "kod": "Nämndens kortnamn, till exempel BN.",
        "namn": "Nämndens namn, som i rapporterna.",
        "förvaltningar": "Nämndens förvaltningar och deras enheter.",
        "förvaltningar.id": _ID,
        "förvaltningar.namn": "Förvaltningens namn.",
        "förvaltningar.från": _SINCE,
        "förvaltningar.till": _UNTIL,
        "förvaltningar.ersätter": _REPLACES,
        "förvaltningar.enheter": "Enheterna, till exempel skolor.",
        "förvaltningar.enheter.id": _ID,
        "förvaltningar.enheter.namn": "Enhetens namn.",
        "förvaltningar.enheter.kolada": "Enhetens id i Kolada, om den har något.",
        "förvaltningar.enheter.från": _SINCE,
        "förvaltningar.enheter.till": _UNTIL,
        "förvaltningar.enheter.ersätter": _REPLACES,
        "mål": "Nämndens mål.",
        "mål.id": _ID,
        "mål.text": "Målets ordalydelse. Text med kolon skrivs inom enkla citattecken.",
        "mål.fullmäktigemål": "Id för det av fullmäktiges mål som detta tjänar.",
        "mål.perspektiv": _PERSPECTIVE,
        "mål.fokusområde": _FOCUS_AREA,
        "mål.nyckeltal": "Id för målets nyckeltal, ett per rad. De ska finnas i nyckeltal.yaml.",
        "mål.målnivåer": "Hur långt målets nyckeltal ska nå, och till vilket år.",
        "mål.målnivåer.nyckeltal": "Id för ett av målets nyckeltal.",
        "mål.målnivåer.nivå": _LEVEL,
        "mål.målnivåer.senast": "Året vars värde ska ha nått målnivån.",
        "mål.förväntningar": "Vad en rapport säger att nästa värde blir; prövas när det kommer.",
        "mål.förväntningar.nyckeltal": "Id för ett av målets nyckeltal.",
        "mål.förväntningar.år": "Året som värdet gäller.",
        "mål.förväntningar.mellan": "Det lägsta och det högsta: 78 och 82",
        "mål.förväntningar.varför": "Varför det väntas bli så.",
        "mål.förväntningar.skriven": "Dagen då det skrevs, före värdet är känt.",
        "mål.från": _SINCE,
        "mål.till": _UNTIL,
        "mål.exempel": _EXAMPLE,
        "mål.beslut": _DECISION.replace("Kommunfullmäktige", "Bildningsnämnden"),
        **_WAIVERS,
    },
    "aktiviteter": {
        "": "En nämnds aktiviteter. Filen heter som nämndens fil.",
        "aktiviteter": "Ett block per aktivitet.",
        "aktiviteter.id": _ID,
        "aktiviteter.enhet": "Enhetens eller förvaltningens id i nämndens fil.",
        "aktiviteter.mål": "Id för det av nämndens mål som aktiviteten ska nå.",
        "aktiviteter.nyckeltal": "Id för de nyckeltal som den ska påverka. Får utelämnas.",
        "aktiviteter.vad": "Vad som görs.",
        "aktiviteter.vem": "En roll, inget personnamn: rektor, enhetschef.",
        "aktiviteter.start": "Första dagen, till exempel 2026-08-17.",
        "aktiviteter.slut": "Sista dagen, till exempel 2027-06-11.",
        "aktiviteter.status": "Hur det går just nu.",
        "aktiviteter.resultat": "Vad det gav. Får utelämnas.",
        "aktiviteter.kontroll": "Dagen då det ska följas upp. Får utelämnas.",
        "aktiviteter.exempel": _EXAMPLE,
    },
    "egna": {
        "": "Ett eget mått. Värdena ligger bredvid, i en fil med samma namn.",
        "rubrik": "Vad måttet heter i rapporterna.",
        "måttenhet": "Enheten, till exempel procent eller dagar.",
        "takt": "Hur ofta ett värde kommer.",
        "riktning": "högt: höga värden är bra. lågt: låga är bra. ingen: varken eller.",
        "nämnd": "Nämndens kod, till exempel BN.",
        "perspektiv": _PERSPECTIVE,
        "källa": "Varifrån värdena kommer, till exempel ett verksamhetssystem.",
        "målnivå": _LEVEL,
        "kolada": "Id för det nyckeltal i Kolada som mäter samma sak senare. Får utelämnas.",
        "anteckning": "Det som den som läser rapporten bör veta. Får utelämnas.",
        "exempel": _EXAMPLE,
    },
    "anteckningar": {
        "": "Det som människor säger om en nämnds nyckeltal. Filen heter som nämndens fil.",
        "anteckningar": "Ett block per nyckeltal och period.",
        "anteckningar.nyckeltal": "Nyckeltalets id, eller ett eget måtts namn.",
        "anteckningar.period": "2026, 2026-K1 eller 2026-03.",
        "anteckningar.värde": "Värdet när anteckningen skrevs. Får utelämnas.",
        "anteckningar.kommentar": "Det som sägs om värdet.",
        "anteckningar.orsaker": "Orsaker som har prövats.",
        "anteckningar.orsaker.orsak": "Orsaken.",
        "anteckningar.orsaker.bedömning": "Hur den bedömdes.",
        "anteckningar.orsaker.varför": "På vilka grunder.",
        "anteckningar.skriven": "Dag och namn: 2026-11-23 Anna Berg",
        "anteckningar.exempel": _EXAMPLE,
    },
    "fragor": {
        "": "Analysgruppens frågor till en nämnd. Filen heter som nämndens fil.",
        "frågor": "Ett block per fråga.",
        "frågor.id": _ID,
        "frågor.fråga": "Frågan, som den ställdes.",
        "frågor.nyckeltal": _KPI,
        "frågor.till": "Vem som får frågan: en roll, inget personnamn.",
        "frågor.ställd": "Dagen då den ställdes.",
        "frågor.svar-senast": "Dagen då ett svar behövs. Får utelämnas.",
        "frågor.svar": "Svaret, när det har kommit.",
        "frågor.besvarad": "Dagen då svaret kom.",
        "frågor.åtgärd": "Vad som ska göras. Får utelämnas.",
        "frågor.klar-senast": "Dagen då det ska vara gjort.",
        "frågor.klar": "Dagen då det blev gjort.",
        "frågor.exempel": _EXAMPLE,
    },
}
"""By schema and by the keys on the way, with points between; "" is the file as a whole."""
