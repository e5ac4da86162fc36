"""Builds libroofline from the tree around this folder and puts it into the package."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import sysconfig

from setuptools import setup
from setuptools.command.bdist_wheel import bdist_wheel
from setuptools.command.build_py import build_py

ROOT = pathlib.Path(__file__).resolve().parent.parent
ENDING = "dylib" if sys.platform == "darwin" else "so"


def version():
    """The version of the program, from the file that says it."""
    text = (ROOT / "Sources/Reports/JSONRenderer.swift").read_text()
    return re.search(r'version = "([^"]+)"', text).group(1)


def library():
    """The library: that of ROOFLINE_LIBRARY, or made now."""
    given = os.environ.get("ROOFLINE_LIBRARY")
    if given:
        return pathlib.Path(given).resolve()
    swift = os.environ.get("SWIFT", "swift")
    if not shutil.which(swift):
        sys.exit(
            "roofline-kit is built from Swift, and there is no \"swift\" on the PATH. Install Swift 6.1 or later "
            "(https://www.swift.org/install), or install a wheel that \"make wheel\" made, which needs none."
        )
    try:
        subprocess.run(["make", "library", f"SWIFT={swift}"], cwd=ROOT, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"libroofline could not be built: {error}; run \"make library\" in {ROOT}")
    return ROOT / f".build/library/libroofline.{ENDING}"


class Build(build_py):
    def run(self):
        super().run()
        folder = pathlib.Path(self.build_lib) / "roofline"
        folder.mkdir(parents=True, exist_ok=True)
        made = library()
        notices = made.with_name("NOTICES")
        if not notices.exists():
            sys.exit(f"{notices} is missing, which a wheel must hold: \"make library\" writes both")
        shutil.copy(made, folder / f"libroofline.{ENDING}")
        shutil.copy(notices, folder / "NOTICES")


class Wheel(bdist_wheel):
    """A wheel for every Python of one platform: that of ROOFLINE_PLATFORM, or this one."""

    def finalize_options(self):
        super().finalize_options()
        self.root_is_pure = False

    def get_tag(self):
        platform = os.environ.get("ROOFLINE_PLATFORM") or re.sub("[-.]", "_", sysconfig.get_platform())
        return "py3", "none", platform


setup(version=version(), cmdclass={"build_py": Build, "bdist_wheel": Wheel})
