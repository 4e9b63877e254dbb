"""What `golive init` writes: a commented scenario and its three files, to be made one's own."""

from pathlib import Path

from golive.failures import Usage

FILES = ("rehearsal.toml", "arrivals.csv", "dialogues.csv", "wordlist.txt")


def write(folder: Path) -> list[Path]:
    """Write the files into a folder, which is made where it is not there. Raises Usage rather than overwrite one."""
    wanted = [folder / name for name in FILES]
    if there := [path.name for path in wanted if path.exists()]:
        raise Usage(f"{folder}: {', '.join(there)} is there already, and nothing was written; name an empty folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in wanted:
            path.write_bytes((Path(__file__).parent / path.name).read_bytes())
    except OSError as error:
        raise Usage(f"{error.filename or folder}: cannot be written ({error.strerror})") from error
    return wanted
