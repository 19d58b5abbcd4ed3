"""Programs that only tests need (a browser, PDF tools), downloaded from Debian where they are missing."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.machine.prerequisites import once_per_session, skip_missing

CACHE = Path(__file__).resolve().parents[2] / ".cache"
UNPACKED = CACHE / "debian" / "root"
FONTS = "<fontconfig>{}<cachedir>{}</cachedir></fontconfig>"
DOWNLOAD_TIMEOUT = 900  # seconds for a download


def chromium() -> str:
    """Return the path of a Chromium; start it with --no-sandbox, which root needs."""
    return _program(("chromium", "chromium-browser", "google-chrome"), "chromium", "usr/lib/chromium/chromium")


def poppler(tool: str = "pdfsig") -> str:
    """Return the path of a poppler tool: pdfsig, pdftotext, pdftoppm, pdfinfo."""
    return _program((tool,), "poppler-utils", f"usr/bin/{tool}")


@once_per_session
def _program(names: tuple[str, ...], package: str, inside: str) -> str:
    """Return the program of the machine; else install it as root; else unpack it into .cache/."""
    found = _on_path(names) or _wrapper(names[0])
    if found:
        return found
    if not shutil.which("apt-get"):
        skip_missing(f"{names[0]} (this is no Debian, where it could be fetched)")
    problem = _unpack(package) if os.geteuid() else _install(package)
    found = None if problem else _on_path(names) or _wrap(names[0], UNPACKED / inside)
    return found or skip_missing(f"{names[0]} (package {package}: {problem or 'holds no such program'})")


def _on_path(names: tuple[str, ...]) -> str | None:
    return next((path for name in names if (path := shutil.which(name))), None)


def _install(package: str) -> str:
    """Install a package as root; return the error, or ""."""
    return _call("apt-get", "update") + _call("apt-get", "install", "--yes", "--no-install-recommends", package)


def _unpack(package: str) -> str:
    """Without root: apt-get resolves and downloads the package into our folders, and dpkg only unpacks it."""
    lists, archives = CACHE / "debian" / "lists", CACHE / "debian" / "cache"
    for folder in (lists / "partial", archives / "archives" / "partial", UNPACKED):
        folder.mkdir(parents=True, exist_ok=True)
    apt = ["apt-get", "-o", f"Dir::State::Lists={lists}", "-o", f"Dir::Cache={archives}", "-o", "Debug::NoLocking=true"]
    fetch = ["install", "--download-only", "--yes", "--no-install-recommends", package]
    problem = _call(*apt, "update") + _call(*apt, *fetch)
    for archive in (archives / "archives").glob("*.deb"):
        problem += _call("dpkg", "-x", str(archive), str(UNPACKED))
    shutil.rmtree(archives)
    return problem


def _call(*command: str) -> str:
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C"}
    try:
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=DOWNLOAD_TIMEOUT)
    except subprocess.TimeoutExpired:
        return f"{command[0]} took longer than {DOWNLOAD_TIMEOUT} seconds"
    return done.stderr[-300:] if done.returncode else ""


def _wrapper(name: str) -> str | None:
    path = CACHE / "bin" / name
    return str(path) if path.exists() else None


def _wrap(name: str, program: Path) -> str | None:
    """Write a script that starts an unpacked program with its own libraries and fonts; return its path."""
    if not program.exists():
        return None
    wrapper = CACHE / "bin" / name
    wrapper.parent.mkdir(exist_ok=True)
    libraries = {str(path.parent) for path in UNPACKED.rglob("*.so*")}
    fonts = CACHE / "debian" / "fonts.conf"
    folders = "".join(f"<dir>{folder}/usr/share/fonts</dir>" for folder in ("", UNPACKED))
    fonts.write_text(FONTS.format(folders, CACHE / "debian" / "fontconfig"))
    lines = [
        "#!/bin/sh",
        f"export LD_LIBRARY_PATH='{':'.join(sorted(libraries))}'",
        f"export FONTCONFIG_FILE='{fonts}'",
    ]
    wrapper.write_text("\n".join([*lines, f"exec '{program}' \"$@\"", ""]))
    wrapper.chmod(0o755)
    return str(wrapper)
