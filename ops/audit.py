"""What can be said about the dependencies without asking anybody: `make audit` runs it, then asks pip-audit.

Every requirement is one version with its hashes, what is installed is that version, the versions fit together, and
every licence is one that lets a company use and pass on the product. Known vulnerabilities are another matter: only a
database that is up to date knows them.
"""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

LOCK = Path(__file__).resolve().parents[1] / "requirements.txt"
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
# Permissive, or copyleft for the library alone; a licence of several is met by the one we choose.
GOOD = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|PSF|Python Software Foundation|MPL|Mozilla|Unlicense|Zlib|Artistic|Lesser General)",
    re.IGNORECASE,
)


def requirements(text: str) -> list[tuple[Requirement, bool]]:
    """Each requirement of a lock, and whether it has a hash."""
    blocks = re.split(r"\n(?=[A-Za-z0-9])", "\n".join(line for line in text.splitlines() if not line.startswith("#")))
    named = [(block.split("\\")[0].split(" #")[0].strip(), block) for block in blocks if block.strip()]
    return [(Requirement(name), bool(HASH.search(block))) for name, block in named]


def problems(text: str) -> list[str]:
    """What is wrong with the lock, or with what is installed beside it."""
    found = []
    for requirement, has_hash in requirements(text):
        pins = [each.operator for each in requirement.specifier]
        if pins != ["=="] or not has_hash:
            found.append(f"{requirement.name} is not pinned to one version with its hash")
        if requirement.marker and not requirement.marker.evaluate():
            continue
        try:
            version, licence = metadata.version(requirement.name), licence_of(requirement.name)
        except metadata.PackageNotFoundError:
            found.append(f"{requirement.name} is not installed")
            continue
        if version not in requirement.specifier:
            found.append(f"{requirement.name} {version} is installed, {requirement.specifier} is locked")
        if not GOOD.search(licence):
            found.append(f"{requirement.name} has the licence {licence or 'nothing'}: ask before it is used")
    return found


def licence_of(name: str) -> str:
    """The licence as the package states it: the expression, else the classifiers, else the first line of the text."""
    stated = metadata.metadata(name)
    classifiers = [line.split(" :: ")[-1] for line in stated.get_all("Classifier") or [] if line.startswith("License")]
    return stated.get("License-Expression") or "; ".join(classifiers) or (stated.get("License") or "").split("\n")[0]


def main() -> int:
    text = LOCK.read_text(encoding="utf-8")
    found = problems(text)
    fits = subprocess.run([sys.executable, "-m", "uv", "pip", "check", "--quiet"], check=False).returncode == 0
    if not fits:
        found.append("the installed packages do not fit together: uv pip check")
    print("\n".join(found) or f"{len(requirements(text))} requirements: pinned, hashed, installed, licensed")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
