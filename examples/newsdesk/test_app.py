import subprocess
import sys

import pytest
from app import app, briefs, desk
from fastapi.testclient import TestClient

from summarizer import ScriptedProvider
from summarizer.errors import RateLimited, Refused

ARTICLE = """The council of Marrow Falls voted on Tuesday to repair the dam above the town.

The work will cost 40 million dollars, according to Mayor Ann Pell. It begins in May.

Residents were not asked, the local paper reports."""


@pytest.fixture
def client():
    yield TestClient(app)
    app.dependency_overrides.clear()


def test_every_statement_of_a_brief_names_the_sentences_it_rests_on(client, cassette):
    app.dependency_overrides[briefs] = lambda: desk(cassette)

    statements = client.post("/briefs", json={"text": ARTICLE}).json()

    assert 2 <= len(statements) <= 4
    assert all(statement["supported"] for statement in statements)
    assert all(sentence in ARTICLE for statement in statements for sentence in statement["rests_on"])


def test_a_job_in_a_process_of_its_own_replays_too(cassette, tmp_path):
    (tmp_path / "dam.txt").write_text(ARTICLE, "utf-8")

    with cassette.everywhere():
        headlines = subprocess.check_output([sys.executable, "digest.py", tmp_path / "dam.txt"], text=True)

    assert "Marrow Falls" in headlines


@pytest.mark.parametrize(
    ("faults", "status"),
    [([RateLimited("busy"), RateLimited("busy")], 503), ([RateLimited("busy")], 200), ([Refused("no")], 502)],
)
def test_a_fault_of_the_model_becomes_a_status_and_passes(client, faults, status):
    provider = ScriptedProvider().next(*faults)
    app.dependency_overrides[briefs] = lambda: desk(provider)

    failed = client.post("/briefs", json={"text": ARTICLE})
    later = client.post("/briefs", json={"text": ARTICLE})

    assert (failed.status_code, later.status_code) == (status, 200)


def test_an_article_without_a_text_is_the_callers_fault(client):
    provider = ScriptedProvider()
    app.dependency_overrides[briefs] = lambda: desk(provider)

    failed = client.post("/briefs", json={"text": " \n"})

    assert failed.status_code == 422
    assert not provider.requests
