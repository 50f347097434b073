import json
import shutil

import pytest

from reproduce import check
from reproduce.base.effects import NEEDS_DATA
from reproduce.base.paths import RESULTS
from reproduce.ledger.verdicts import LEDGER


@pytest.fixture
def results(tmp_path):
    """A copy of the stored results to tamper with."""
    copy = tmp_path / "results"
    shutil.copytree(RESULTS, copy)
    return copy


def test_what_is_stored_follows_from_its_rows(capsys):
    assert check.main([]) == 0
    text = capsys.readouterr().out
    assert "Table 2: Moving5" in text
    assert "claims follow from their rows" in text


def tampered(path, old, new, count=1):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, count))


def changed_cell(results):
    path = results / "table2_moving5.csv"
    lines = path.read_text().splitlines()
    cells = lines[1].split(",")
    column = lines[0].split(",").index("mof")
    cells[column] = "0.999"
    path.write_text("\n".join([lines[0], ",".join(cells), *lines[2:]]) + "\n")
    return "table2_moving5.csv, line 2"


def lost_row(results):
    path = results / "table3_moving5_random_k.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:-1]) + "\n")
    return "table3_moving5_random_k.csv: has"


def changed_summary(results):
    path = results / "table2_moving5.json"
    facts = json.loads(path.read_text())
    facts["table"][0]["mean"] += 0.001
    path.write_text(json.dumps(facts))
    return "table2_moving5.json: mof of uniform split"


def other_choice(results):
    path = results / "table2_moving5_choice.json"
    facts = json.loads(path.read_text())
    facts["chosen"]["epochs"] += 1
    path.write_text(json.dumps(facts))
    return "table2_moving5_choice.json: the setting chosen"


def flattered_claim(results):
    path = results / LEDGER
    content = json.loads(path.read_text())
    bad = next(c for c in content["claims"] if c["verdict"] not in (NEEDS_DATA, "holds"))
    bad["verdict"] = "holds"
    path.write_text(json.dumps(content))
    return f"claims.json: {bad['id']}"


def invented_claim(results):
    path = results / LEDGER
    content = json.loads(path.read_text())
    content["claims"].append(content["claims"][0] | {"id": "new"})
    path.write_text(json.dumps(content))
    return "new is no claim"


def flattered_study(results):
    path = results / LEDGER
    content = json.loads(path.read_text())
    content["study"][0]["effect"] = 99
    path.write_text(json.dumps(content))
    return "the study's verdicts"


def no_ledger(results):
    (results / LEDGER).unlink()
    return "claims.json: not found"


def no_rows(results):
    (results / "basic_motions.csv").unlink()
    return "basic_motions.json: cannot be checked"


@pytest.mark.parametrize(
    "tampers",
    [
        (changed_summary, other_choice, flattered_claim, invented_claim, flattered_study),
        (lost_row, no_ledger),
        (changed_cell, no_rows),
    ],
    ids=["not_of_rows", "less_rows", "other_rows"],
)
def test_what_does_not_follow_is_named(tampers, results, capsys):
    """All that is wrong is named, and a check takes a second: so several things are at once."""
    messages = [tamper(results) for tamper in tampers]
    assert check.main(["--json", "--results", str(results)]) == 1  # as JSON: drawing tables takes longer
    problems = [line for line in capsys.readouterr().err.splitlines() if line.startswith("problem: ")]
    for message in messages:
        assert any(message in problem for problem in problems), (message, problems)


def test_json_has_tables_and_claims(capsys):
    assert check.main(["--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"tables", "claims"} <= found.keys()
    for claim in found["claims"]:
        assert {"id", "statement", "verdict", "effect", "interval", "data"} <= claim.keys()
        assert (claim["verdict"] == NEEDS_DATA) == (claim["effect"] is None)
    parity = next(table for table in found["tables"] if table["id"] == "breakfast_sample")
    row = next(r for r in parity["rows"] if r["video"].startswith("P03") and r["measure"] == "mof")
    assert row["paper"] == 78.95
    assert row["difference"] == pytest.approx(row["ours"] - row["paper"], abs=0.011)
