"""Conditions: what holds only if something else does, and what somebody only asks, is not told as so."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given

from summarizer.ground.doubts import hedge
from tests import cases
from tests.strategies import texts

kinds = partial(cases.kinds, hedge.check)
pairs = pytest.mark.parametrize

# Language, a claim without the condition, one that keeps it in other words, and the sentence.
DROPPED = [
    (
        "en",
        "The council approved a contract with Tolman to resurface Elm Street.",
        "Tolman may resurface Elm Street, the council decided, but only if the state pays half.",
        "The council approved a contract with Tolman to resurface Elm Street, provided that the state pays half.",
    ),
    (
        "en",
        "The case returns to the lower court for a new trial.",
        "Unless they settle, the case returns to the lower court for a new trial.",
        "The case now returns to the lower court for a new trial unless the two sides settle.",
    ),
    (
        "en",
        "The budget for user tests was raised to 3,500 euros.",
        "The budget for user tests was raised to 3,500 euros, pending the approval of finance.",
        "The budget for user tests was raised to 3,500 euros, subject to approval by finance.",
    ),
    (
        "en",
        "Employees may work from home on up to three days a week.",
        "With the consent of their manager, employees may work from home on up to three days a week.",
        "Employees may work from home on up to three days a week with the approval of their manager.",
    ),
    (
        "en",
        "Customers can get a replacement.",
        "Customers can get a replacement by sending a photo of the serial number.",
        "Customers can get a replacement if they send a photo of the serial number.",
    ),
    (
        "fr",
        "Vernoux confirme son objectif d'une marge de 8 %.",
        "Vernoux confirme son objectif d'une marge de 8 %, à condition que le lait n'augmente pas.",
        "Vernoux confirme son objectif d'une marge de 8 %, sous réserve que le prix du lait ne remonte pas.",
    ),
    (
        "fr",
        "Le conseil a approuvé l'installation de 14 caméras.",
        "Le conseil a approuvé l'installation de 14 caméras si la préfecture l'accepte.",
        "Le conseil a approuvé l'installation de 14 caméras, sous réserve de l'accord de la préfecture.",
    ),
    (
        "de",
        "Der Rat genehmigte den Vertrag.",
        "Der Rat genehmigte den Vertrag, falls das Land die Hälfte zahlt.",
        "Der Rat genehmigte den Vertrag, sofern das Land die Hälfte zahlt.",
    ),
    (
        "es",
        "El consejo aprobó el contrato.",
        "El consejo aprobó el contrato a condición de que el Estado pague la mitad.",
        "El consejo aprobó el contrato, siempre que el Estado pague la mitad.",
    ),
    (
        "it",
        "Il consiglio ha approvato il contratto.",
        "Il consiglio ha approvato il contratto, purché lo Stato paghi la metà.",
        "Il consiglio ha approvato il contratto, a condizione che lo Stato paghi la metà.",
    ),
    (
        "pt",
        "O conselho aprovou o contrato.",
        "O conselho aprovou o contrato, se o Estado pagar metade.",
        "O conselho aprovou o contrato, desde que o Estado pague metade.",
    ),
]


@pairs(("language", "wrong", "right", "evidence"), DROPPED)
def test_a_condition_may_be_put_otherwise_but_not_left_out(
    language: str, wrong: str, right: str, evidence: str
) -> None:
    assert kinds(wrong, evidence, language=language) == ["hedge"]
    assert kinds(right, evidence, language=language) == []


@pairs(
    ("language", "claim", "evidence"),
    [
        ("en", "Halden has sold its mill.", "Halden has sold its mill, and it will close two more if prices fall."),
        ("en", "Verania may send planes with tents.", "Verania would send planes with tents if the airport reopened."),
        ("en", "The bridge is closed.", "The bridge is closed even if the wind is light."),
        ("en", "The mill was sold to Norvane.", "The mill was sold to Norvane if not all of its machines."),
        ("fr", "Le pont est fermé.", "Le pont est fermé même si le vent est faible."),
        ("fr", "Le service est suspendu.", "Le service est suspendu le cas échéant."),
    ],
)
def test_what_holds_anyway_or_is_left_open_needs_no_condition(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == []


def test_another_cited_sentence_may_tell_it_without_the_condition() -> None:
    evidence = "The firm pays refunds if the receipt is shown.", "In June the firm pays refunds."
    assert kinds("The firm pays refunds.", *evidence[:1]) == ["hedge"]
    assert kinds("The firm pays refunds.", *evidence) == []


@pairs(
    ("language", "wrong", "right", "evidence"),
    [
        (
            "en",
            "A supplier changed a thermostat.",
            "It is being examined whether a supplier changed a thermostat.",
            "The board said it was investigating whether a supplier had changed a thermostat.",
        ),
        (
            "en",
            "The drug helps children.",
            "The drug may help children.",
            "Doctors do not know if the drug helps children.",
        ),
        (
            "fr",
            "Le médicament aide les enfants.",
            "On ignore si le médicament aide les enfants.",
            "Les médecins cherchent à savoir si le médicament aide les enfants.",
        ),
        (
            "de",
            "Der Lieferant hat das Teil geändert.",
            "Unklar ist, ob der Lieferant das Teil geändert hat.",
            "Die Behörde prüft, ob der Lieferant das Teil geändert hat.",
        ),
        (
            "en",
            "The council confirmed the closure on 14 April.",
            "If the council confirms the closure on 14 April, parents may sue.",
            "Parents plan to go to court if the council confirms the closure at its meeting on 14 April.",
        ),
        (
            "fr",
            "Le conseil a confirmé la fermeture.",
            "Si le conseil confirme la fermeture, les parents iront au tribunal.",
            "Les parents iront au tribunal si le conseil confirme la fermeture.",
        ),
        (
            "de",
            "Der Rat hat die Schließung bestätigt.",
            "Falls der Rat die Schließung bestätigt, klagen die Eltern.",
            "Die Eltern klagen, falls der Rat die Schließung bestätigt.",
        ),
        (
            "es",
            "El consejo confirmó el cierre.",
            "Si el consejo confirma el cierre, los padres acudirán a los tribunales.",
            "Los padres acudirán a los tribunales si el consejo confirma el cierre.",
        ),
        (
            "it",
            "Il consiglio ha confermato la chiusura.",
            "Se il consiglio conferma la chiusura, i genitori ricorreranno.",
            "I genitori ricorreranno se il consiglio conferma la chiusura.",
        ),
        (
            "pt",
            "O conselho confirmou o encerramento.",
            "Se o conselho confirmar o encerramento, os pais irão a tribunal.",
            "Os pais irão a tribunal se o conselho confirmar o encerramento.",
        ),
    ],
)
def test_what_is_only_asked_or_supposed_is_not_so(language: str, wrong: str, right: str, evidence: str) -> None:
    assert "hedge" in kinds(wrong, evidence, language=language)
    assert kinds(right, evidence, language=language) == []


@given(claim=texts(), evidence=texts())
def test_no_text_makes_it_raise(claim: str, evidence: str) -> None:
    kinds(f"{claim} if {evidence}", f"{evidence} unless {claim}, whether {claim}")


def test_many_conditions_take_time_in_proportion() -> None:
    assert cases.is_linear(hedge.check, "Halden pays refunds if it must, unless it may, ")
    assert cases.is_linear(hedge.check, "pays provided that unless if whether ")
