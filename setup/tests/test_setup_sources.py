"""Recognising what the user names, and saying in a sentence what is wrong with it."""

import pytest

import addons
import apt
import odoo_source
import postgres
from console import Stop, table


def odoo_at(folder, series="19, 0", account=True):
    (folder / "odoo" / "addons" / "base").mkdir(parents=True)
    (folder / "odoo" / "release.py").write_text(
        f"version_info = ({series}, 0, FINAL, 0, '')\n"
    )
    if account:
        (folder / "addons" / "account").mkdir(parents=True)
        (folder / "addons" / "account" / "__manifest__.py").write_text("{}")
    return folder


def test_git_checkout_is_an_odoo(tmp_path):
    found = odoo_source.Odoo.at(odoo_at(tmp_path))
    assert found.base == tmp_path
    assert found.addons == (tmp_path / "odoo" / "addons", tmp_path / "addons")
    assert odoo_source.Odoo.at(tmp_path / "odoo") == found


def test_environment_variable_names_the_odoo(tmp_path, monkeypatch):
    monkeypatch.setenv("ODOO_PATH", str(odoo_at(tmp_path)))
    assert odoo_source.find_odoo().base == tmp_path


@pytest.mark.parametrize("series", ["18, 0", "'saas~18', 4", "20, 0"])
def test_another_series_is_refused(tmp_path, series):
    with pytest.raises(Stop, match=r"need 19\.0"):
        odoo_source.Odoo.at(odoo_at(tmp_path, series))


def test_no_odoo_and_half_an_odoo_are_refused(tmp_path):
    with pytest.raises(Stop, match="There is no Odoo"):
        odoo_source.Odoo.at(tmp_path)
    with pytest.raises(Stop, match="no addon `account`"):
        odoo_source.Odoo.at(odoo_at(tmp_path, account=False))


@pytest.mark.parametrize(
    ("targets", "keyring"),
    [
        (
            "Debian|Debian-Security|//sec/|$(SIGNED_BY)|x-security|x\n"
            "Debian|Debian|//mirror/|/some/key.gpg|x|x\n",
            "/some/key.gpg",
        ),
        ("Debian|Debian|//mirror/|$(SIGNED_BY)|x|x\n", apt.KEYRINGS["debian"]),
        # before the first update apt knows no more than what is configured
        (
            "$(ORIGIN)|$(LABEL)|//sec/||x-security|$(CODENAME)\n"
            "$(ORIGIN)|$(LABEL)|//mirror/||x|$(CODENAME)\n",
            apt.KEYRINGS["debian"],
        ),
    ],
)
def test_mirror_of_the_machine(monkeypatch, targets, keyring):
    monkeypatch.setattr(apt, "need_program", lambda *_args: None)
    monkeypatch.setattr(apt, "capture", lambda *_args: targets)
    monkeypatch.setattr(
        apt, "_os_release", lambda: {"ID": "debian", "VERSION_CODENAME": "x"}
    )
    assert apt.Mirror.of_this_machine() == apt.Mirror(
        "debian", "//mirror/", keyring, "x"
    )


def test_no_mirror_is_a_sentence(monkeypatch):
    monkeypatch.setattr(apt, "need_program", lambda *_args: None)
    monkeypatch.setattr(apt, "capture", lambda *_args: "")
    with pytest.raises(Stop, match="ODOO_PATH"):
        apt.Mirror.of_this_machine()


def test_server_of_an_odoo_conf(tmp_path, monkeypatch):
    path = tmp_path / "odoo.conf"
    path.write_text(
        "[options]\ndb_host = db\ndb_port = 5433\ndb_user = me\ndb_password = a%b\n"
        "db_sslmode = False\n"
    )
    assert postgres.find_server(path).variables == {
        "PGHOST": "db",
        "PGPORT": "5433",
        "PGUSER": "me",
        "PGPASSWORD": "a%b",
    }
    with pytest.raises(Stop, match="cannot be read"):
        postgres.find_server(tmp_path / "none.conf")


def test_socket_path_is_never_too_long(monkeypatch, tmp_path):
    deep = tmp_path.joinpath(*["deep" * 5] * 8)
    monkeypatch.setattr(postgres, "RUN", deep)
    folder = postgres._socket_folder()
    assert len(str(folder)) <= postgres.SOCKET_FOLDER_MAX
    assert folder == postgres._socket_folder()


def addon(root, name, *depends, **values):
    folder = root / name
    folder.mkdir()
    (folder / "__manifest__.py").write_text(repr({"depends": depends, **values}))
    return folder


def test_addons_that_can_be_installed(tmp_path, monkeypatch, capsys):
    ours, others = tmp_path / "ours", tmp_path / "others"
    ours.mkdir()
    others.mkdir()
    addon(others, "account")
    addon(ours, "core", "account")
    addon(ours, "glue", "core", "nowhere")
    addon(ours, "glue_on_glue", "glue")
    addon(ours, "off", "account", installable=False)
    monkeypatch.setattr(addons, "ROOT", ours)
    found, needed = addons.find_addons([others])
    assert [a.name for a in found] == ["core"]
    assert needed == ["account"]
    assert "glue left out: it needs nowhere" in capsys.readouterr().err


def test_addon_key_leaves_out_tests(tmp_path):
    folder = addon(tmp_path, "core")
    key = addons.read_manifest(folder).key()
    (folder / "tests").mkdir()
    (folder / "tests" / "test_x.py").write_text("x")
    assert addons.read_manifest(folder).key() == key
    (folder / "model.py").write_text("x")
    assert addons.read_manifest(folder).key() != key


def test_table_aligns_columns():
    assert table([("a", 1), ("long", 100)]) == "  a       1\n  long  100"
