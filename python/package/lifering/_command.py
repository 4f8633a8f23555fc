"""Where the command stands that the wheel carries."""

import shutil
import sys
import sysconfig
from pathlib import Path


def binary() -> str:
    """Return the path of the command `lifering` that belongs to this package.

    Raises:
        FileNotFoundError: the package is used without having been installed.
    """
    name = "lifering.exe" if sys.platform == "win32" else "lifering"
    schemes = (None, sysconfig.get_preferred_scheme("user"))
    folders = [sysconfig.get_path("scripts") if scheme is None else sysconfig.get_path("scripts", scheme) for scheme in schemes]
    for folder in [*folders, str(Path(sys.executable).parent)]:
        path = Path(folder) / name
        if path.is_file():
            return str(path)
    found = shutil.which("lifering")
    if found is None:
        raise FileNotFoundError(f"no command {name} in {', '.join(folders)}: install the package (pip install lifering)")
    return found
