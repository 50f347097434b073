"""The smoke run of every command stores nothing."""

import pytest

from reproduce import (
    basic_motions,
    breakfast_sample,
    claims,
    figure3a_kernels,
    figure3b_smoothing,
    figure_arrays,
    figures,
    gaussian_factor,
    label_transfer,
    many_activities_difficulty,
    moving5_figures,
    one_activity_difficulty,
    report,
    representation_figures,
    study_batches,
    study_estimator,
    study_initialisation,
    study_kernel_means,
    study_merging,
    study_moving5,
    study_network,
    study_recordings,
    study_seeds,
    study_suggested_k,
    study_transport,
    table1_datasets,
    table2_moving5,
    table3_moving5_random_k,
    table4_benchmarks,
    table5_random_k,
    table_lrprop,
    table_masa,
    table_real_sequences,
    table_recordings,
    table_rivals,
    table_rtk,
    table_vasot_alignment,
    table_vasot_segmentation,
)
from reproduce.base.paths import RENDERED, RESULTS

SCRIPTS = [
    basic_motions,
    breakfast_sample,
    figure3a_kernels,
    figure3b_smoothing,
    figure_arrays,
    figures,
    gaussian_factor,
    many_activities_difficulty,
    label_transfer,
    moving5_figures,
    one_activity_difficulty,
    report,
    representation_figures,
    study_batches,
    study_estimator,
    study_initialisation,
    study_kernel_means,
    study_merging,
    study_moving5,
    study_network,
    study_recordings,
    study_seeds,
    study_suggested_k,
    study_transport,
    table_lrprop,
    table_masa,
    table_real_sequences,
    table_recordings,
    table_rivals,
    table_rtk,
    table_vasot_alignment,
    table_vasot_segmentation,
    table2_moving5,
    table3_moving5_random_k,
]


def stamps():
    return {path: path.stat().st_mtime_ns for path in [*RESULTS.glob("*"), *RENDERED.glob("*")]}


@pytest.mark.parametrize(
    ("script", "options"),
    [*((script, []) for script in [*SCRIPTS, claims]), *((script, ["--select"]) for script in SCRIPTS[-2:])],
)
def test_smoke_runs_store_nothing(script, options, capsys):
    before = stamps()
    assert script.main([*options, "--smoke"]) == 0
    assert capsys.readouterr().out
    assert before == stamps()


@pytest.mark.parametrize("script", [table1_datasets, table4_benchmarks, table5_random_k])
def test_absent_data_is_said_with_the_command_that_fills_it(script, capsys, tmp_path):
    before = {path: path.stat().st_mtime_ns for path in RESULTS.glob("*")}
    arguments = ["--data-root", str(tmp_path), "--datasets", "yti", "basic_motions", "--smoke"]
    assert script.main(arguments) == 0
    text = capsys.readouterr().out
    assert "needs data: YTI" in text
    assert f"{script.COMMAND} --data-root DATA" in text
    assert "BasicMotions" in text
    assert before == {path: path.stat().st_mtime_ns for path in RESULTS.glob("*")}
