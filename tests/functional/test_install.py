# SPDX-License-Identifier: Apache-2.0
"""What `meson install` puts where, and that it works from there: in a directory of the test's, as a
package is made."""

import json
import re
import shutil
import subprocess

import pytest

from support import capture
from support.mgmd import REPOSITORY, Mgmd, binary, why_no_binary
from support.mgmctl import Mgmctl

BUILD = binary().resolve().parent
MANUALS = ("man1/mgmctl.1", "man5/mgmd.yaml.5", "man8/mgmd.8")


def why_not():
    if why_no_binary() is not None:
        return why_no_binary()
    if shutil.which("meson") is None:
        return "no meson"
    return None if (BUILD / "build.ninja").exists() else f"{BUILD} is not a build directory"


pytestmark = pytest.mark.skipif(why_not() is not None, reason=str(why_not()))


@pytest.fixture(scope="module")
def destination(tmp_path_factory):
    """Stands for the root directory of the machine that it is installed on."""
    directory = tmp_path_factory.mktemp("destination")
    done = subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet",
                           "--destdir", directory], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return directory


@pytest.fixture
def root(destination):
    """The prefix in there."""
    [program] = destination.rglob("sbin/mgmd")
    return program.parents[1]


class Installed(Mgmd):
    """The installed mgmd."""

    def __init__(self, program, *arguments, **options):
        super().__init__(*arguments, **options)
        self._argv = [program if word == str(binary().resolve()) else word for word in self._argv]


def test_it_routes_the_shipped_example(lab, root):
    directory = lab.socket_directory()
    examples = root / "share" / "doc" / "mgmd" / "examples"
    (directory / "examples").symlink_to(examples)
    (directory / "out").mkdir()
    router = lab.start(Installed(str(root / "sbin" / "mgmd"), examples / "lab-pcap.yaml",
                                 directory, until_idle_ms=500))
    summary = router.finish_by_itself()
    for key, stream in capture.streams_at("source").items():
        assert summary.flow(*key).sent == stream.copies


def test_the_service_starts_on_its_configuration(lab, destination):
    """The unit's command line, on the file it names, but for the place of the control socket."""
    [unit] = destination.rglob("mgmd.service")
    command = re.search(r"^ExecStart=(.*)$", unit.read_text(), re.MULTILINE).group(1).split()
    program, option, configuration = command
    assert option == "--config"
    directory = lab.socket_directory()
    text = (destination / configuration.lstrip("/")).read_text()
    assert "/run/mgmd/control" in text
    router = lab.start(Installed(f"{destination}{program}",
                                 text.replace("/run/mgmd/control", f"{directory}/control"),
                                 directory))
    assert Mgmctl(directory / "control").rows("show", "version")
    assert router.finish().received == 0


@pytest.mark.parametrize("manual", MANUALS)
def test_manual_pages_are_without_a_warning(root, manual):
    page = root / "share" / "man" / manual
    assert page.exists()
    checks = {"man": ["man", "-l", "--warnings", page],
              "mandoc": ["mandoc", "-T", "lint", "-W", "warning", page]}
    checks = {name: command for name, command in checks.items() if shutil.which(name)}
    if not checks:
        pytest.skip("neither man nor mandoc")
    for command in checks.values():
        done = subprocess.run(command, capture_output=True, text=True,
                              env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr


def test_manual_pages_have_all_that_is_asked_for(root):
    text = (root / "share" / "man" / "man8" / "mgmd.8").read_text()
    assert re.findall(r"^\.SH (.*)$", text, re.MULTILINE) == [
        "NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "SIGNALS", "ENVIRONMENT",
        "FILES", "EXAMPLES", "SEE ALSO"]
    settings = (root / "share" / "man" / "man5" / "mgmd.yaml.5").read_text()
    for row in re.findall(r"^\| `(\w+)` \|", (REPOSITORY / "docs" / "configuration.md").read_text(),
                          re.MULTILINE):
        assert f"\\fB{row}\\fR: " in settings


def test_the_schema_knows_the_examples(root):
    schema = json.loads((root / "share" / "mgmd" / "mgmd.schema.json").read_text())
    examples = list((root / "share" / "doc" / "mgmd" / "examples").glob("*.yaml"))
    assert len(examples) > 8
    for example in examples:
        settings = re.findall(r"^(\w+):", example.read_text(), re.MULTILINE)
        assert settings and set(settings) <= set(schema["properties"])


@pytest.mark.parametrize(("line", "words"), [
    ("mgmd --", {"--config", "--check", "--print-manual"}),
    ("mgmd --config a --log-level ", {"debug", "info", "off"}),
    ("mgmd --print-manual ", {"5", "8"}),
])
def test_bash_completes(root, line, words):
    script = root / "share" / "bash-completion" / "completions" / "mgmd.bash"
    typed = line.split(" ")
    program = (f"source {script}; COMP_WORDS=({' '.join(map(repr, typed))}); "
               f"COMP_CWORD={len(typed) - 1}; _mgmd; printf '%s\\n' \"${{COMPREPLY[@]}}\"")
    offered = subprocess.run(["bash", "-c", program], capture_output=True, text=True, check=True)
    assert words <= set(offered.stdout.split()), offered
