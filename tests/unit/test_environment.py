"""What an engine process gets of the environment."""

from __future__ import annotations

import pytest

from qirjit_magic.session.client.child import engine_environment, is_passed

NEEDED = [
    *("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "PYTHONHASHSEED", "LD_LIBRARY_PATH"),
    *("QIRJIT_PLATFORM", "QIRJIT_READABLE", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
    *("CUDA_VISIBLE_DEVICES", "CONDA_PREFIX", "VIRTUAL_ENV"),
]
SECRET = [
    *("MY_TOKEN", "GITHUB_TOKEN", "API_KEY", "my_api_key", "CLIENT_SECRET", "PGPASSWORD", "DB_PASSWD", "CREDENTIALS"),
    *("AWS_ACCESS_KEY_ID", "AWS_PROFILE", "AZURE_CLIENT_ID", "GOOGLE_APPLICATION_CREDENTIALS", "GCP_PROJECT"),
    *("DATABASE_URL", "GITHUB_PAT", "SSH_AUTH_SOCK", "NETRC", "KUBECONFIG", "JUPYTERHUB_API_TOKEN", "HF_HOME"),
    # with a beginning that is permitted
    *("QIRJIT_TOKEN", "CONDA_TOKEN", "PYTHON_KEYRING_BACKEND", "LD_SECRET", "CUDA_PASSWORD"),
]


@pytest.mark.parametrize("name", NEEDED)
def test_behind_the_fence_an_engine_has_what_python_and_libraries_go_by(name: str) -> None:
    assert engine_environment({name: "value"}, sandboxed=True)[name] == "value"


@pytest.mark.parametrize("name", SECRET)
def test_behind_the_fence_an_engine_has_no_secret(name: str) -> None:
    assert not is_passed(name)
    assert "value" not in engine_environment({name: "value"}, sandboxed=True).values()


def test_what_is_asked_for_by_name_is_passed() -> None:
    environment = {"QIRJIT_ENVIRONMENT": "LICENSE_KEY, DEVICE", "LICENSE_KEY": "1", "DEVICE": "2", "OTHER": "3"}
    passed = engine_environment(environment, sandboxed=True)
    assert (passed["LICENSE_KEY"], passed["DEVICE"], "OTHER" in passed) == ("1", "2", False)


def test_the_open_engine_has_everything() -> None:
    assert "value" in engine_environment({"MY_TOKEN": "value"}, sandboxed=False).values()
