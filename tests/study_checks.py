"""What holds of every study of one setting at a time."""

from reproduce.base.labels import LEARNED
from reproduce.base.methods import EPOCHS
from reproduce.base.store import read_rows
from reproduce.table4_benchmarks import methods as table4_methods
from reproduce.tables import varied


def check_factors(script):
    """Each factor has the method's own value first, the method as in Table 4."""
    theirs = table4_methods(2.5, EPOCHS)["dkva"]
    made = {tuple(m.columns.values()): m for m in varied.methods(script.FACTORS, dict(theirs.settings))}
    assert len(made) == sum(map(len, script.FACTORS.values()))
    for factor, values in script.FACTORS.items():
        own = made[factor, next(iter(values))]
        if own.settings["epochs"]:  # what is not learned has another label
            assert (own.settings, own.segment) == (theirs.settings, theirs.segment)
        assert all(value.label == LEARNED or "epochs" in value.changed for value in values.values())


def check_stored_rows(script):
    """The stored rows are of every value that the script tries, and of no other."""
    tried = {(f, value): made.label for f, values in script.FACTORS.items() for value, made in values.items()}
    rows = read_rows(script.TABLE.name)
    assert {(row["factor"], row["value"]): row["method"] for row in rows} == tried


def check_absent_data_is_said(script, dataset, capsys, folder):
    """Without a data set the command says what brings it."""
    assert script.main(["--datasets", dataset, "--data-root", str(folder)]) == 0
    said = capsys.readouterr().out
    assert "needs data: " in said
    assert f"{script.TABLE.command} --data-root DATA" in said
