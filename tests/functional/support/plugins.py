# SPDX-License-Identifier: Apache-2.0
"""Plugins, built as their authors build them: with the installed headers, outside the tree."""

import os
import shutil
import subprocess
from pathlib import Path

from .mgmd import REPOSITORY

SOURCES = REPOSITORY / "tests" / "plugins"
STRICT = ("-std=c11", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Wpedantic", "-Werror")


def build_root():
    """Where meson has configured the tree: $MGMD_BUILD_ROOT, else build/."""
    return Path(os.environ.get("MGMD_BUILD_ROOT", REPOSITORY / "build"))


def why_no_plugins():
    """None if plugins can be built here, else what is missing."""
    missing = [tool for tool in ("meson", "cc", "make", "pkg-config") if not shutil.which(tool)]
    if missing:
        return f"{', '.join(missing)}: not found"
    if not (build_root() / "build.ninja").exists():
        return f"no build in {build_root()}"
    return None


def run(*words, **options):
    """Runs it to its end, successfully."""
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                          timeout=120, **options)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout


class PluginKit:
    """The headers, installed below a directory of the test's, and what compiles with them."""

    def __init__(self, directory):
        self._directory = directory
        installed = directory / "installed"
        run("meson", "install", "-C", build_root(), "--no-rebuild", "--tags", "devel",
            "--destdir", installed)
        (package,) = installed.rglob("mgmd-plugin.pc")
        self.environment = {**os.environ, "PKG_CONFIG_PATH": str(package.parent),
                            "PKG_CONFIG_SYSROOT_DIR": str(installed)}
        self.flags = run("pkg-config", "--cflags", "mgmd-plugin", env=self.environment).split()
        assert all(str(installed) in flag for flag in self.flags), self.flags

    def make(self, name):
        """A plugin of tests/plugins/ by its own Makefile, in a copy of its folder."""
        copy = self._directory / name
        shutil.copytree(SOURCES / name, copy)
        run("make", "-C", copy, env=self.environment)
        return copy / f"{name}.so"

    def compile(self, name, *sources, compiler=("cc", *STRICT), flags=()):
        """A plugin of these files or texts."""
        paths = []
        for number, source in enumerate(sources):
            if not isinstance(source, Path):
                path = self._directory / f"{name}-{number}.c"
                path.write_text(source)
                source = path
            paths.append(source)
        output = self._directory / f"{name}.so"
        run(*compiler, *self.flags, *flags, "-shared", "-fPIC", "-o", output, *paths)
        return output
