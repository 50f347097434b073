from pathlib import Path

import platformdirs
import pytest

from dkva.base.cache import cache_folder

pytestmark = pytest.mark.fast


def test_the_variable_names_the_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("DKVA_CACHE", str(tmp_path))
    assert cache_folder() == tmp_path


@pytest.mark.parametrize("empty", [True, False])
def test_without_it_the_users_own_cache_is_meant(monkeypatch, empty):
    monkeypatch.setenv("DKVA_CACHE", "") if empty else monkeypatch.delenv("DKVA_CACHE")
    assert cache_folder() == Path(platformdirs.user_cache_dir("dkva", appauthor=False))
    assert cache_folder().name == "dkva"
