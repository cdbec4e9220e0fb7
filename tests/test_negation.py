"""Polarity: what the evidence affirms is not denied, and the reverse."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import given

from summarizer.ground.doubts import negation, order
from tests import cases
from tests.cases import doubts, make_case
from tests.growth import grows_within
from tests.strategies import texts

kinds = partial(cases.kinds, negation.check)


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "The deal has been signed by Norvane.", "The deal has not been signed by Norvane."),
        ("en", "The deal has not been signed by Norvane.", "The deal has been signed by Norvane."),
        ("en", "The bill passed.", "The bill did not pass, the speaker said."),
        ("en", "The train missed Lyon.", "The train did not miss Lyon."),
        ("en", "The ministry confirmed the figure.", "The ministry declined to comment on the figure."),
        ("en", "The ministry confirmed the figure.", "The ministry would neither confirm nor deny the figure."),
        ("en", "The spokesman denied that talks were under way.", "The spokesman confirmed that talks were under way."),
        ("en", "Members were allowed to address the chamber.", "Members were not allowed to address the chamber."),
        ("en", "She would appeal to the courts on Monday.", "She said she would never appeal to the courts on Monday."),
        ("fr", "Le ministère a confirmé ce montant.", "Le ministère n’a pas confirmé ce montant."),
        ("fr", "L’usine ne sera plus rentable en 2030.", "L’usine sera rentable en 2030."),
        ("fr", "L’association exclut une action en justice.", "L’association n’exclut pas une action en justice."),
        ("es", "El Gobierno prevé usar dinero público.", "El Gobierno no prevé usar dinero público."),
        ("de", "Das Unternehmen äußerte sich zu dem Fall.", "Das Unternehmen äußerte sich zu dem Fall nicht."),
        ("it", "La procura conferma questa ipotesi.", "La procura non conferma questa ipotesi."),
        ("pt", "A ministra falou de falhas.", "A ministra recusou falar de falhas."),
    ],
)
def test_a_negation_that_one_of_both_has_is_found(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == ["negation"]


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "The demolition has been called off.", "The vote does not call off the demolition."),
        ("es", "Ya se ha decidido la ubicación de la segunda planta.", "La segunda todavía no tiene ubicación."),
        ("es", "Hacienda excluye intervenir si todo empeora.", "Hacienda no excluye intervenir si todo empeora."),
        ("pt", "O valor dos prejuízos já é conhecido.", "Os prejuízos ainda não foram apurados."),
        ("de", "Rauhegg gab dazu Auskunft.", "Rauhegg wollte sich auf Anfrage nicht äußern."),
        ("de", "Die Werksleitung bestätigt das.", "Die Werksleitung schließt Kurzarbeit bislang aus."),
        ("fr", "Le ministère a authentifié le document.", "Le ministère ne confirme pas ce document."),
    ],
)
def test_what_has_not_come_or_is_turned_down_is_told_as_such(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == ["negation"]


def test_a_shortfall_is_a_loss() -> None:
    assert kinds("Les pertes sont de 350 000 euros.", "Le manque à gagner est de 350 000 euros.", language="fr") == []


EMBEDDED = [
    (
        "en",
        "The supplier paid bribes to two officials.",
        "There was no proof that the supplier, which employs 300 people, had paid bribes to two officials.",
    ),
    ("en", "The drug lowers mortality.", "The study failed to show that the drug lowers mortality."),
    ("en", "The bank laundered money.", "Nothing in the report suggests that the bank laundered money."),
    (
        "fr",
        "La société a versé des pots-de-vin à deux élus.",
        "Rien ne montre que la société, qui emploie 300 personnes, avait versé des pots-de-vin à deux élus.",
    ),
    ("fr", "Des agents ont détruit les courriels.", "Le rapport exclut que des agents aient détruit les courriels."),
    ("es", "La empresa pagó sobornos.", "No existe indicio alguno de que la empresa pagara sobornos."),
    ("de", "Beamte haben die Akten gelöscht.", "Der Bericht schließt aus, dass Beamte die Akten gelöscht haben."),
    ("de", "Der Vertrag wurde verlängert.", "Es gibt keine Belege dafür, dass der Vertrag verlängert wurde."),
    ("de", "Das Mittel senkt das Risiko.", "Die Studie konnte nicht zeigen, dass das Mittel das Risiko senkt."),
    ("it", "L’azienda ha pagato tangenti.", "La procura non ha trovato riscontri che l’azienda abbia pagato tangenti."),
    ("pt", "A empresa pagou subornos.", "Não há indícios de que a empresa tenha pagado subornos."),
]


@pytest.mark.parametrize(("language", "claim", "evidence"), EMBEDDED)
def test_what_is_denied_or_unproven_is_no_fact(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == ["negation"]


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        (
            "en",
            "Prosecutors could not prove that the supplier bribed two officials.",
            "There was no proof that the supplier, which employs 300 people, had paid bribes to two officials.",
        ),
        ("en", "The drug has not been shown to lower mortality.", "The study failed to show that it lowers mortality."),
        ("de", "Keine Beamten haben Akten gelöscht.", "Der Bericht schließt aus, dass Beamte Akten gelöscht haben."),
        ("de", "Sie bestreitet, Akten gelöscht zu haben.", "Sie bestritt, dass sie Akten gelöscht hat."),
        ("de", "Der Vertrag wurde verlängert.", "Er sagte nicht, dass der Vertrag verlängert wurde."),
        ("pt", "Nada prova que a empresa poluiu o rio.", "Não há provas de que a empresa tenha poluído o rio."),
    ],
)
def test_what_is_unproven_in_both_is_no_doubt(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == []


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "Norvane's shares fell 17.5% on Wednesday.", "Norvane’s shares rose 17.5% on Wednesday."),
        ("en", "The vaccine increased infections by 52%.", "The vaccine cut infections by 52%."),
        ("fr", "Le prix des cellules a augmenté de 47 %.", "Le prix des cellules a baissé de 47 %."),
        ("es", "Las acciones del banco bajaron un 3,6 %.", "Las acciones del banco subieron un 3,6 %."),
        ("it", "I due quaderni erano autentici.", "I due quaderni si rivelarono falsi."),
    ],
)
def test_an_opposite_word_is_found(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == ["negation"]


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "The deal has not been signed.", "The deal has never been signed."),
        ("en", "No one was hurt in the blast.", "Nobody was hurt in the blast."),
        ("en", "Halden will buy Norvane.", "Halden will buy Norvane, which has never made a profit."),
        ("en", "The firm sells cells and batteries.", "The firm sells not only cells but batteries."),
        ("en", "Shareholders rejected the bid in May.", "Shareholders did not accept the bid in May."),
        ("en", "The company would not comment on the sale.", "The company declined to comment on the sale."),
        ("en", "The water is safe to drink.", "Is the water not safe to drink?"),
        ("en", "The path is not passable in winter.", "The path is impassable in winter."),
        (
            "fr",
            "Une injection de fonds record soutient la société.",
            "Une injection de fonds sans précédent soutient la société.",
        ),
        (
            "fr",
            "L’association n’écarte pas une action en justice.",
            "L’association n’exclut pas une action en justice.",
        ),
        ("de", "Die Regierung lehnte den Antrag ab.", "Die Regierung wies den Antrag zurück."),
    ],
)
def test_the_same_polarity_in_other_words_passes(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == []


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        (
            "en",
            "A similar merger was not blocked in 2021.",
            "The Office blocked a similar merger in 2021 and would do so.",
        ),
        (
            "en",
            "Norvane regularly posts an annual profit.",
            "Norvane, which has never made an annual profit, had sales.",
        ),
        (
            "en",
            "Clarke took part in the trial.",
            "Clarke, a professor who was not involved in the trial, was surprised.",
        ),
        (
            "fr",
            "La préfecture va réquisitionner les équipages.",
            "La préfecture exclut toute réquisition des équipages.",
        ),
        ("fr", "Val Clair exclut de saisir la justice.", "Val Clair n’exclut pas de saisir la justice."),
        ("es", "La directora dice que necesita ser rescatada.", "La entidad “no necesita un rescate”, insistió."),
        ("de", "Über den Kauf ist entschieden.", "Die Stadt solle das Haus kaufen. Entschieden ist noch nichts."),
        (
            "it",
            "Nordmalm ha chiarito la sorte di 900 dipendenti.",
            "Nordmalm non ha precisato la sorte di 900 lavoratori.",
        ),
        ("pt", "Para a agência, houve irregularidades.", "A agência reguladora nega qualquer irregularidade."),
    ],
)
def test_a_cited_sentence_decides_by_what_is_denied(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == ["negation"]


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "The trial took place in four countries, not five.", "The trial took place in four countries."),
        ("en", "JetBlue will offer refunds.", "Passengers need not worry, as JetBlue will offer refunds."),
        (
            "en",
            "The men were fired from their jobs.",
            "They were -- for a reason they do not know -- fired from their jobs.",
        ),
        ("es", "La oposición no cree que el plan baste.", "La oposición considera el plan insuficiente."),
        ("it", "Una telecamera non funzionava.", "Una telecamera era guasta."),
        ("de", "Weitere Hilfen gibt es nicht.", "Der Minister schloss am Donnerstag in Berlin weitere Hilfen aus."),
    ],
)
def test_another_way_to_say_no_passes(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == []


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Remember that rejection is just an opinion.", "Stand tall and remember rejection is an opinion."),
        ("His past has reports of bar fights and drug use.", "Bar fights, reports of drug use and worse."),
        ("The father can neither move nor speak.", "Their father is still unable to talk or move."),
        (
            "He was denied the vote due to the court's view that he is not a citizen.",
            "He was denied the vote because the court says that he is no citizen.",
        ),
        (
            "The case shows the need for a culture of respect in offices.",
            "This isn't just about one case; it's about the culture of respect in offices.",
        ),
        ("The worker was let go at once after the complaint.", "She was not allowed to return after the complaint."),
        ("Norvane, known for its batteries, builds a plant.", "Norvane builds a plant, and denies that more follow."),
        ("Wang had declined offers of a new bike.", "Wang had turned down offers to help him get a new bike."),
        ("The debate is about whether jets have met a UFO.", "The jets had never met a UFO, he said in the debate."),
        ("Cases fell to 30 in early April.", "The latest report puts the cases at 30 in the week of April 5."),
    ],
)
def test_what_only_looks_like_a_negative_or_its_opposite_passes(claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language="en") == []


def test_a_claim_without_cites_must_deny_the_very_predicate() -> None:
    evidence = ("The company is said to be looking for the man, who was not hurt in the blast of May.",)
    case = make_case("The company is looking for the man of the blast of May.", evidence)
    assert doubts(negation.check, replace(case, guessed=True)) == []


@pytest.mark.parametrize(("more", "found"), [("", ["negation"]), (" in Lyon", [])])
def test_a_short_claim_without_cites_must_have_all_words_of_what_is_denied(more: str, found: list[str]) -> None:
    case = make_case("Residents were asked.", (f"Residents were not asked{more}, the paper reports.",))
    assert doubts(negation.check, replace(case, guessed=True)) == found


def test_another_cited_sentence_may_affirm_it() -> None:
    evidence = ("The deal was not signed by Norvane on Monday.", "The deal was signed by Norvane.")
    assert kinds("The deal was signed by Norvane.", *evidence) == []


def test_polarity_is_compared_across_languages() -> None:
    claim, evidence = "Electrane has produced batteries in 2024.", "Électrane n’a jamais produit de batteries en 2024."
    assert kinds(claim, evidence, language="fr", claim_language="en") == ["negation"]


def test_a_language_without_a_lexicon_has_no_negations() -> None:
    assert kinds("Umowa została podpisana w maju.", "Umowa nie została podpisana w maju.", language="pl") == []


@given(texts())
def test_a_text_does_not_deny_itself(text: str) -> None:
    assert kinds(text, text) == []


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "Mr. Kallow knows of the plan.", "Mr. Kallow denied that he knew of it."),
        (
            "de",
            "Brandtner weiß, dass die Familie 95 Millionen entnommen hat.",
            "Die Familie bestritt das, so Brandtner.",
        ),
        ("it", "I due sapevano che il fondo era vuoto.", "I due negavano che il fondo fosse vuoto."),
        ("pt", "O ministro sabia do desvio.", "O ministro negava que soubesse do desvio."),
    ],
)
def test_who_denies_it_does_not_know_it(language: str, claim: str, evidence: str) -> None:
    assert "negation" in kinds(claim, evidence, language=language)


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("fr", "Au moins deux millions de gens s’en servent.", "Plus de deux millions de gens s’en servent."),
        ("es", "Los hogares pagan más que los bares.", "Los bares pagan menos que los hogares."),
        ("it", "La procura non conferma che ci sia un complice.", "Ci sarebbe un complice; la procura non conferma."),
        ("es", "Garantiza depósitos que no pasen de 50.000.", "Los depósitos de hasta 50.000 se garantizan."),
    ],
)  # fmt: skip
def test_a_contrast_told_from_its_other_end_is_none(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == []


@pytest.mark.parametrize(
    ("language", "right", "wrong", "evidence"),
    [
        (
            "de",
            "Gegen eine Kaution von 150.000 Euro bleibt der Galerist auf freiem Fuß.",
            "Wegen einer Kaution von 150.000 Euro bleibt der Galerist in Haft.",
            "Bis zur Entscheidung bleibt der Galerist gegen eine Kaution von 150.000 Euro auf freiem Fuß.",
        ),
    ],
)
def test_an_opposite_where_a_statement_lands_is_found(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(right, evidence, language=language) == []
    assert kinds(wrong, evidence, language=language) == ["negation"]


def test_another_thing_may_be_the_opposite_of_a_cited_one() -> None:
    evidence = "The fall in the number of cut trees was welcomed, and more routes than ever are open."
    assert kinds("Cheaper trees start in January and are bought.", evidence) == []


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "The patient can move his left arm.", "The patient is unable to move his left arm."),
        (
            "en",
            "After the accident the man can speak, doctors say.",
            "Doctors say the man is unable to speak after the accident.",
        ),
        ("en", "The airline refunded the tickets.", "The airline was unable to refund the tickets."),
        ("en", "The company is able to pay its debts.", "The company is incapable of paying its debts."),
        ("fr", "Le patient peut bouger le bras gauche.", "Le patient est incapable de bouger le bras gauche."),
        ("fr", "L'entreprise peut payer ses dettes.", "L'entreprise est dans l'incapacité de payer ses dettes."),
        ("de", "Der Patient kann den linken Arm bewegen.", "Der Patient ist unfähig, den linken Arm zu bewegen."),
        ("de", "Die Firma kann ihre Schulden zahlen.", "Die Firma ist außerstande, ihre Schulden zu zahlen."),
        ("es", "El paciente puede mover el brazo izquierdo.", "El paciente es incapaz de mover el brazo izquierdo."),
        ("it", "Il paziente è in grado di muovere il braccio.", "Il paziente non è in grado di muovere il braccio."),
        (
            "it",
            "Il paziente può muovere il braccio sinistro.",
            "Il paziente è incapace di muovere il braccio sinistro.",
        ),
        ("pt", "O paciente pode mover o braço esquerdo.", "O paciente é incapaz de mover o braço esquerdo."),
    ],
)
def test_who_is_unable_to_do_something_cannot(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == ["negation"]


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "The patient cannot move his left arm.", "The patient is unable to move his left arm."),
        ("en", "The patient is unable to move his left arm.", "The patient cannot move his left arm."),
        ("en", "The patient can speak.", "Unable to move his arm, the patient can speak."),
        ("en", "The patient can move his arms.", "The patient is unable to walk but can move his arms."),
        (
            "en",
            "His wife moved the date because he could not come.",
            "He was unable to come, so his wife moved the date.",
        ),
        (
            "en",
            "The firm closed the plant, which it could not sell.",
            "The firm was unable to sell the plant and closed it.",
        ),
        ("en", "Residents who cannot leave can ask for help.", "Residents unable to leave can ask for help."),
        ("en", "The bank can pay its debts.", "The bank is not unable to pay its debts."),
        ("en", "The patient is unable to move his arm.", "The patient is paralysed and cannot move his arm."),
        ("en", "The patient was unable to move his arm.", "The patient failed to move his arm."),
        (
            "en",
            "Flights were unable to land and 200 passengers had to wait.",
            "No flights could land, and 200 passengers had to wait.",
        ),
        ("fr", "Le patient ne peut pas bouger le bras gauche.", "Le patient est incapable de bouger le bras gauche."),
        ("fr", "Le patient est incapable de bouger le bras gauche.", "Le patient ne peut pas bouger le bras gauche."),
        ("fr", "Le patient peut bouger les bras.", "Incapable de marcher, le patient peut bouger les bras."),
        ("de", "Der Patient kann den Arm nicht bewegen.", "Der Patient ist unfähig, den Arm zu bewegen."),
        ("es", "El paciente no puede mover el brazo izquierdo.", "El paciente es incapaz de mover el brazo izquierdo."),
        ("es", "El paciente puede mover los brazos.", "Incapaz de andar, el paciente puede mover los brazos."),
        (
            "it",
            "Il paziente non può muovere il braccio sinistro.",
            "Il paziente è incapace di muovere il braccio sinistro.",
        ),
        ("it", "Il paziente può muovere le braccia.", "Incapace di camminare, il paziente può muovere le braccia."),
        ("pt", "O paciente não pode mover o braço esquerdo.", "O paciente é incapaz de mover o braço esquerdo."),
        ("pt", "O paciente pode mover os braços.", "Incapaz de andar, o paciente pode mover os braços."),
    ],
)
def test_who_cannot_do_one_thing_may_do_another(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == []


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "Penalties apply until July.", "There are no penalties until July."),
        ("en", "Fines will be charged before September.", "There will be no fines before September."),
        ("en", "Fees are due in the first year.", "No fees are due in the first year."),
        ("en", "Penalties apply until July.", "Until July there are no penalties."),
        ("fr", "Des amendes seront infligées avant septembre.", "Aucune amende ne sera infligée avant septembre."),
        ("fr", "Les trains circulent jusqu'en juillet.", "Aucun train ne circule jusqu'en juillet."),
        ("de", "Bis Juli gelten Strafen.", "Bis Juli gibt es keine Strafen."),
        ("de", "Vor September werden Bußgelder erhoben.", "Es werden keine Bußgelder vor September erhoben."),
        ("es", "Hay sanciones hasta julio.", "No hay sanciones hasta julio."),
        ("es", "Las sanciones se aplican hasta julio.", "No hay sanciones hasta julio."),
        ("es", "Las sanciones se aplican hasta julio.", "Hasta julio no hay sanciones."),
        ("it", "Le sanzioni si applicano fino a luglio.", "Non ci sono sanzioni fino a luglio."),
        ("it", "Le sanzioni si applicano fino a luglio.", "Fino a luglio non ci sono sanzioni."),
        ("pt", "Há multas até julho.", "Não há multas até julho."),
        ("pt", "As multas se aplicam até julho.", "Não há multas até julho."),
        ("pt", "As multas se aplicam até julho.", "Até julho não há multas."),
        ("fr", "Des pénalités s'appliquent jusqu'en juillet.", "Il n'y a pas de pénalités jusqu'en juillet."),
        ("fr", "Des pénalités s'appliquent jusqu'en juillet.", "Jusqu'en juillet, il n'y a pas de pénalités."),
    ],
)
def test_what_there_is_none_of_until_a_day_is_not_in_force_till_then(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) or cases.kinds(order.check, claim, evidence, language=language)


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "Penalties do not apply until July.", "There are no penalties until July."),
        ("en", "Penalties apply only from July.", "There are no penalties until July."),
        ("en", "Penalties apply from July.", "There are no penalties until July."),
        ("en", "Penalties start in July.", "There are no penalties until July."),
        ("en", "Fees apply until June.", "There are no penalties until July; fees apply until June."),
        ("en", "Until July nobody is fined.", "There are no penalties until July."),
        ("en", "There are no penalties before July.", "Until July there are no penalties."),
        (
            "en",
            "The old rules apply until July.",
            "There are no penalties until July, and the old rules apply until July.",
        ),
        ("en", "Trains are suspended until July.", "No trains run until July."),
        ("en", "Penalties are waived until July.", "There are no penalties until July."),
        ("fr", "Les trains sont suspendus jusqu'en juillet.", "Aucun train ne circule jusqu'en juillet."),
        ("de", "Strafen gelten erst ab Juli.", "Bis Juli gibt es keine Strafen."),
        ("de", "Ab Juli gibt es Strafen.", "Bis Juli gibt es keine Strafen."),
        ("de", "Die Züge fallen bis Juli aus.", "Bis Juli fahren keine Züge."),
        ("de", "Bis Juli werden keine Strafen verhängt.", "Bis Juli gibt es keine Strafen."),
        ("es", "Las sanciones se aplican a partir de julio.", "No hay sanciones hasta julio."),
        ("es", "No se aplican sanciones hasta julio.", "No hay sanciones hasta julio."),
        ("es", "Las sanciones se aplican desde julio.", "Hasta julio no hay sanciones."),
        ("it", "Le sanzioni si applicano da luglio.", "Non ci sono sanzioni fino a luglio."),
        ("it", "Le sanzioni si applicano da luglio.", "Fino a luglio non ci sono sanzioni."),
        ("pt", "As multas se aplicam a partir de julho.", "Não há multas até julho."),
        ("pt", "As multas se aplicam a partir de julho.", "Até julho não há multas."),
        ("fr", "Les pénalités s'appliquent à partir de juillet.", "Il n'y a pas de pénalités jusqu'en juillet."),
        ("fr", "Jusqu'en juillet, aucune pénalité ne s'applique.", "Il n'y a pas de pénalités jusqu'en juillet."),
    ],
)
def test_what_there_is_none_of_until_a_day_may_begin_then(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == []
    assert cases.kinds(order.check, claim, evidence, language=language) == []


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("en", "Harwick will create 1,200 jobs.", "Harwick will eliminate 1,200 jobs."),
        ("fr", "Harwick va créer 1 200 emplois.", "Harwick va supprimer 1 200 emplois."),
        ("es", "Harwick creará 1200 empleos.", "Harwick suprimirá 1200 empleos."),
        ("de", "Harwick schafft 1200 Stellen.", "Harwick streicht 1200 Stellen."),
        ("it", "Harwick creerà 1200 posti.", "Harwick eliminerà 1200 posti."),
        ("pt", "A Harwick criará 1200 vagas.", "A Harwick eliminará 1200 vagas."),
        ("en", "It expects to spend $300 million a year.", "It expects to save $300 million a year."),
        ("fr", "Le groupe prévoit de dépenser 300 millions.", "Le groupe prévoit d’économiser 300 millions."),
        ("es", "Prevé gastar 300 millones al año.", "Prevé ahorrar 300 millones al año."),
        ("de", "Der Konzern will 300 Millionen ausgeben.", "Der Konzern will 300 Millionen einsparen."),
        ("it", "Prevede di spendere 300 milioni.", "Prevede di risparmiare 300 milioni."),
        ("pt", "Prevê gastar 300 milhões.", "Prevê poupar 300 milhões."),
    ],
)
def test_what_is_created_is_not_cut_and_what_is_saved_not_spent(language: str, one: str, other: str) -> None:
    found = [kinds(*pair, language=language) for pair in ((one, other), (other, one), (one, one), (other, other))]
    assert found == [["negation"], ["negation"], [], []]


@pytest.mark.parametrize(
    ("language", "claim", "evidence", "found"),
    [
        ("en", "The cuts were unexpected.", "The cuts had been expected since the spring.", True),
        ("en", "The cuts had been expected.", "The cuts were unexpected, analysts said.", True),
        ("en", "The court called the strike legal.", "The court called the strike illegal.", True),
        ("de", "Die Entscheidung kam unerwartet.", "Die Entscheidung kam wie erwartet am Montag.", True),
        ("en", "The cuts were unexpected.", "The cuts were unexpected, analysts said.", False),
        ("en", "The cuts were not unexpected.", "The cuts had been expected since the spring.", False),
        ("en", "The cuts were unexpected.", "Nobody had expected the cuts.", False),
        ("en", "The unexpected cuts were less than expected.", "The cuts were less than expected.", False),
        ("en", "The union wants higher wages.", "The ion beam has higher energy.", False),
        ("de", "Das Unternehmen baut den Unfallwagen.", "Das Nehmen baut den Fallwagen.", False),
        ("fr", "L’entreprise importe du vin.", "L’entreprise porte du vin.", False),
    ],
)
def test_a_word_is_not_the_one_with_a_negative_prefix(language: str, claim: str, evidence: str, found: bool) -> None:
    assert ("negation" in kinds(claim, evidence, language=language)) == found


def test_very_many_words_with_a_negative_prefix_take_linear_time() -> None:
    def prepared(times: int) -> Callable[[], object]:
        case = make_case("unhappy people " * times, ["happy people " * times])
        return lambda: list(negation.check(case))

    assert grows_within(6.25, lambda: prepared(150), lambda: prepared(600))


def test_a_pronoun_behind_a_negative_opens_no_clause_of_its_own() -> None:
    """*Se* is *if* elsewhere."""
    assert kinds("Ainda não se sabe a causa do acidente.", "A causa do acidente é desconhecida.", language="pt") == []
    assert kinds("Já se sabe a causa do acidente.", "A causa do acidente é desconhecida.", language="pt") == [
        "negation"
    ]


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "Police released three men over the theft.", "Police arrested three men over the theft."),
        ("en", "The council raised the fees for parking.", "The council lowered the fees for parking."),
        ("en", "Her son won the race in Lyon.", "Her daughter won the race in Lyon."),
        ("en", "Her mother worked in a mill in Leeds.", "Her father worked in a mill in Leeds."),
        ("fr", "Sa mère travaillait dans une usine à Lyon.", "Son père travaillait dans une usine à Lyon."),
        ("fr", "La police a libéré trois hommes à Lyon.", "La police a interpellé trois hommes à Lyon."),
        ("de", "Ihr Sohn gewann das Rennen in Lyon.", "Ihre Tochter gewann das Rennen in Lyon."),
        ("es", "Su hija ganó la carrera en Lyon.", "Su hijo ganó la carrera en Lyon."),
    ],
)
def test_an_opposite_of_the_table_is_found(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language)[:1] == ["negation"]
    assert kinds(evidence, evidence, language=language) == []


def test_of_two_words_one_may_be_the_opposite() -> None:
    assert kinds("The suspect has been arrested.", "The suspect was released on Monday, police said.") == ["negation"]
    assert kinds("The vote came after.", "The vote came before the summer.") == []


def test_what_is_unconstitutional_is_against_the_constitution() -> None:
    told = "The court ruled that the law on parks violates the constitution."
    assert kinds("The law on parks is unconstitutional, the court ruled.", told) == []
    assert kinds("The law on parks is constitutional.", "The law on parks is unconstitutional.") == ["negation"]


@pytest.mark.parametrize(
    ("language", "affirmed", "denied"),
    [
        (
            "en",
            "The bridge was closed on Monday for repairs that nobody had asked for.",
            "The bridge was not closed on Monday for repairs that nobody had asked for.",
        ),
        (
            "en",
            "The company sold the plant that never made a profit.",
            "The company did not sell the plant that never made a profit.",
        ),
        (
            "fr",
            "Le pont a été fermé lundi pour des travaux que personne n'avait demandés.",
            "Le pont n'a pas été fermé lundi pour des travaux que personne n'avait demandés.",
        ),
    ],
)
def test_a_second_negative_of_the_sentence_excuses_nothing(language: str, affirmed: str, denied: str) -> None:
    assert kinds(denied, affirmed, language=language) == ["negation"]
    assert kinds(affirmed, denied, language=language) == ["negation"]
    assert kinds(denied, denied, language=language) == kinds(affirmed, affirmed, language=language) == []


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "The firm did not sell shares in Lyon.", "The firm sold no shares in Lyon."),
        ("pt", "A agência não viu nenhuma irregularidade.", "A agência não viu irregularidade."),
        ("de", "Der Patient kann den Arm nicht bewegen.", "Der Patient ist unfähig, den Arm zu bewegen."),
        ("en", "Pell sold shares in Lyon.", "Pell, who had not asked anybody, sold shares in Lyon."),
    ],
)
def test_a_negative_may_stand_elsewhere(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == []


@pytest.mark.parametrize(
    ("language", "more", "less"),
    [
        ("en", "The school was destroyed by the fire.", "The school was damaged by the fire."),
        ("fr", "L'école a été détruite par l'incendie.", "L'école a été endommagée par l'incendie."),
        ("de", "Die Schule wurde vom Feuer zerstört.", "Die Schule wurde vom Feuer beschädigt."),
        ("it", "Il capannone è stato distrutto dal rogo.", "Il capannone è stato danneggiato dal rogo."),
        ("en", "Rui Tavares was convicted of fraud in Leeds.", "Rui Tavares was charged with fraud in Leeds."),
        ("pt", "Rui Tavares foi condenado por peculato.", "Rui Tavares foi acusado de peculato."),
        ("fr", "Luc Vial a été condamné pour escroquerie.", "Luc Vial a été mis en examen pour escroquerie."),
        ("es", "Vicente Llorca fue condenado por malversación.", "Vicente Llorca fue imputado por malversación."),
    ],
)
def test_more_than_the_evidence_says_is_a_doubt_and_less_is_none(language: str, more: str, less: str) -> None:
    assert kinds(more, less, language=language) == ["negation"]
    assert kinds(less, more, language=language) == []


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "Puig bought Aesop from Natura for 2 billion.", "Natura sold Aesop to Puig for 2 billion."),
        ("pt", "A Puig comprou a Aesop da Natura por 2 bilhões.", "A Natura vendeu a Aesop à Puig por 2 bilhões."),
    ],
)
def test_who_buys_has_it_from_who_sells(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == []


def test_who_sells_does_not_buy() -> None:
    assert kinds("Natura bought Aesop for 2 billion.", "Natura sold Aesop for 2 billion.") == ["negation"]


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "The boy was found dead in a barn.", "The boy was found unharmed in a barn."),
        ("fr", "La fillette a été retrouvée morte vendredi.", "La fillette a été retrouvée saine et sauve vendredi."),
        ("de", "Der Junge wurde tot gefunden.", "Der Junge wurde unverletzt gefunden."),
        ("es", "El niño apareció muerto el jueves.", "El niño apareció ileso el jueves."),
        ("it", "La bambina è stata ritrovata morta.", "La bambina è stata ritrovata illesa."),
        ("pt", "O menino foi encontrado morto.", "O menino foi encontrado ileso."),
    ],
)
def test_who_is_unharmed_is_not_dead(language: str, claim: str, evidence: str) -> None:
    assert set(kinds(claim, evidence, language=language)) == {"negation"}
    assert kinds(evidence, evidence, language=language) == []
