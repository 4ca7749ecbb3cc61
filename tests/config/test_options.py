from __future__ import annotations

from pathlib import Path

import pytest

from purveyor.common.errors import Misconfigured
from purveyor.config import options

pytestmark = pytest.mark.unit

PAGE = Path(__file__).parents[2] / "docs" / "admin" / "options.md"


def test_parse_knows_every_default() -> None:
    found = options.parse({})
    assert found == {
        "PURVEYOR_HOME": Path.home() / ".local/share/purveyor",
        "PURVEYOR_DATABASE_URL": None,
        "PURVEYOR_HOST": "127.0.0.1",
        "PURVEYOR_PORT": 8000,
        "PURVEYOR_PUBLIC_URL": None,
        "PURVEYOR_SECRET_KEY": None,
        "PURVEYOR_KEYS_FILE": None,
        "PURVEYOR_ENGINE": "auto",
        "PURVEYOR_WORKER_THREADS": 8,
        "PURVEYOR_LOG_LEVEL": "info",
        "PURVEYOR_LOG_FORMAT": "text",
        "PURVEYOR_CUSTOM_ENDPOINTS": False,
        "PURVEYOR_ALLOW_PRIVATE_ADDRESSES": False,
        "PURVEYOR_FOLDERS": None,
        "PURVEYOR_SFTP_HOST": "127.0.0.1",
        "PURVEYOR_SFTP_PORT": None,
        "PURVEYOR_SMTP_HOST": None,
        "PURVEYOR_SMTP_PORT": 587,
        "PURVEYOR_SMTP_USER": None,
        "PURVEYOR_SMTP_PASSWORD": None,
        "PURVEYOR_SMTP_TLS": "starttls",
        "PURVEYOR_MAIL_FROM": "purveyor@localhost",
        "PURVEYOR_LANGUAGE": "en",
        "PURVEYOR_SESSION_HOURS": 12,
    }


def test_parse_reads_from_the_environment_and_from_files(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://hub@db.example.com/hub\n")
    found = options.parse(
        {"PURVEYOR_PORT": "9000", "PURVEYOR_DATABASE_URL_FILE": str(tmp_path / "url"), "PURVEYOR_LANGUAGE": ""}
    )
    assert found["PURVEYOR_PORT"] == 9000
    assert found["PURVEYOR_DATABASE_URL"] == "postgresql://hub@db.example.com/hub"
    assert found["PURVEYOR_LANGUAGE"] == "en"


def test_keys_file_is_an_option_of_its_own_with_its_own_file_twin(tmp_path: Path) -> None:
    (tmp_path / "where").write_text("/srv/keys")
    assert options.parse({"PURVEYOR_KEYS_FILE": "/srv/k"})["PURVEYOR_KEYS_FILE"] == Path("/srv/k")
    assert options.parse({"PURVEYOR_KEYS_FILE_FILE": str(tmp_path / "where")})["PURVEYOR_KEYS_FILE"] == Path(
        "/srv/keys"
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("PURVEYOR_PROT", "PURVEYOR_PROT is no option of Purveyor. Did you mean PURVEYOR_PORT?"),
        ("PURVEYOR_PORT_FLIE", "PURVEYOR_PORT_FLIE is no option of Purveyor. Did you mean PURVEYOR_PORT_FILE?"),
        (
            "PURVEYOR_QQQQQQQQQQQQQQQQQQQQ",
            "PURVEYOR_QQQQQQQQQQQQQQQQQQQQ is no option of Purveyor. purveyor check lists the options there are.",
        ),
    ],
)
def test_parse_refuses_unknown_names(name: str, said: str) -> None:
    with pytest.raises(Misconfigured) as caught:
        options.parse({name: "1"})
    assert caught.value.message == said


def test_parse_leaves_other_programs_and_the_tests_alone() -> None:
    assert options.parse({"PATH": "/bin", "PURVEYOR_TEST_DATABASE_URL": "x", "PURVEYOR_MODELS": "x"})


def test_parse_refuses_many_machines_on_sqlite() -> None:
    with pytest.raises(Misconfigured):
        options.parse({"PURVEYOR_ENGINE": "distributed"})
    url = "postgresql://h/n"
    assert (
        options.parse({"PURVEYOR_ENGINE": "distributed", "PURVEYOR_DATABASE_URL": url})["PURVEYOR_ENGINE"]
        == "distributed"
    )


def test_every_secret_stays_out_of_the_refusal() -> None:
    for o in options.OPTIONS:
        if o.secret:
            with pytest.raises(Misconfigured) as caught:
                options.parse({o.name: "obvfake"})
            assert "obvfake" not in caught.value.message


def test_every_option_says_what_it_is_for() -> None:
    assert [o.name for o in options.OPTIONS if not o.help.endswith(".") or not o.name.startswith("PURVEYOR_")] == []


def test_option_refuses_names_not_in_the_table() -> None:
    with pytest.raises(KeyError):
        options.option("PURVEYOR_NOTHING")


def test_page_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == options.document(), (
        "python -m purveyor.config.options > docs/admin/options.md"
    )
