"""Files: whole or not at all, never over what is not ours, and one clear line when the system refuses."""

from __future__ import annotations

import errno
import hashlib
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from symbackprop.errors import DataError, OutputError, SpecError
from symbackprop.files import MANIFEST, of_others, read_bytes, read_text, write_all
from symbackprop.files.locking import locked


def names_in(folder: Path) -> set[str]:
    """Return the paths of all files below a folder, the list of own files left out."""
    return {
        path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST
    }


def test_files_are_written_with_their_folders(tmp_path: Path) -> None:
    """Text becomes UTF-8 with plain line ends, bytes stay bytes, missing folders are made."""
    written = write_all(tmp_path / "a" / "b", {"δ.txt".replace("δ", "d"): "δ\n", "figures/net.svg": b"\r\n\x00"})
    assert [tmp_path / "a" / "b" / "d.txt", tmp_path / "a" / "b" / "figures" / "net.svg"] == written
    assert ["δ\n".encode(), b"\r\n\x00"] == [path.read_bytes() for path in written]
    assert {"d.txt", "figures/net.svg"} == names_in(tmp_path / "a" / "b")


def test_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
    """The file can be read by whoever may read a file that the user makes, not by its owner alone."""
    (path,) = write_all(tmp_path, {"a.txt": "a"})
    plain = tmp_path / "plain"
    plain.write_text("a")
    assert plain.stat().st_mode == path.stat().st_mode


def test_own_files_are_replaced(tmp_path: Path) -> None:
    """What symbackprop wrote, and nobody changed, it writes again, several times, and other names beside it."""
    for content in ("1", "2", "2", "3"):
        write_all(tmp_path, {"a.txt": content})
    write_all(tmp_path, {"b.txt": "b"})
    write_all(tmp_path, {"a.txt": "4"})
    assert "4" == (tmp_path / "a.txt").read_text()


def test_list_of_own_files_is_read_by_sha256sum(tmp_path: Path) -> None:
    """The list holds one line `digest  name` for each file, after a line that says what it is."""
    write_all(tmp_path, {"b/c.txt": "c", "a.txt": "old"})
    write_all(tmp_path, {"a.txt": "a"})
    header, *lines = (tmp_path / MANIFEST).read_text().splitlines()
    assert header.startswith("# Files written by symbackprop")
    assert [
        f"{hashlib.sha256(name).hexdigest()}  {path}" for name, path in ((b"a", "a.txt"), (b"c", "b/c.txt"))
    ] == lines


def foreign(folder: Path) -> None:
    """Put a file of the user's in the way."""
    (folder / "a.txt").write_text("mine")


def edited(folder: Path) -> None:
    """Change a file after symbackprop wrote it."""
    write_all(folder, {"a.txt": "theirs"})
    (folder / "a.txt").write_text("mine")


def linked(folder: Path) -> None:
    """Put a link to a file of the user's in the way."""
    (folder / "mine.txt").write_text("mine")
    (folder / "a.txt").symlink_to(folder / "mine.txt")


def dangling(folder: Path) -> None:
    """Put a link to nowhere in the way."""
    (folder / "a.txt").symlink_to(folder / "nowhere" / "at" / "all")


@pytest.mark.parametrize("obstacle", [foreign, edited, linked, dangling])
def test_what_is_not_ours_is_replaced_only_by_force(tmp_path: Path, obstacle: Callable[[Path], None]) -> None:
    """A file of the user's stays, and no other file is written either; with force the name, not its target, changes."""
    obstacle(tmp_path)
    before = names_in(tmp_path)
    with pytest.raises(OutputError, match=r"a\.txt was not written by symbackprop, or was changed since; .*--force"):
        write_all(tmp_path, {"0.txt": "0", "a.txt": "new"})
    assert before == names_in(tmp_path)
    write_all(tmp_path, {"0.txt": "0", "a.txt": "new"}, force=True)
    assert "new" == (tmp_path / "a.txt").read_text()
    assert not (tmp_path / "a.txt").is_symlink()
    if obstacle is linked:
        assert "mine" == (tmp_path / "mine.txt").read_text()


def test_equal_file_is_in_nobodys_way(tmp_path: Path) -> None:
    """A foreign file that already holds what is to be written loses nothing."""
    (tmp_path / "a.txt").write_text("same")
    write_all(tmp_path, {"a.txt": "same"})
    assert "same" == (tmp_path / "a.txt").read_text()


@pytest.mark.parametrize(
    ("obstacle", "files", "message"),
    [
        (lambda f: (f / "a.txt").mkdir(), {"a.txt": ""}, r"a\.txt is a folder, wanted to write a file"),
        (lambda f: (f / "b").write_text(""), {"b/a.txt": ""}, r"b is a link or a file, wanted a folder"),
        (lambda f: (f / "b").symlink_to("/"), {"b/a.txt": ""}, r"b is a link or a file, wanted a folder"),
        (lambda f: (f / MANIFEST).mkdir(), {"a.txt": ""}, r"is no list of symbackprop's files; move it away"),
    ],
)
def test_what_force_does_not_replace(
    tmp_path: Path, obstacle: Callable[[Path], object], files: dict[str, str], message: str
) -> None:
    """Folders, and links that lead out of the folder, stop a run even with force."""
    obstacle(tmp_path)
    for force in (False, True):
        with pytest.raises(OutputError, match=message):
            write_all(tmp_path, files, force=force)
    assert not list(tmp_path.glob("*.tmp"))


def test_foreign_list_is_replaced_only_by_force(tmp_path: Path) -> None:
    """A file `.symbackprop` that symbackprop did not write is somebody's, too."""
    (tmp_path / MANIFEST).write_text("my notes")
    with pytest.raises(OutputError, match="is no list of symbackprop's files"):
        write_all(tmp_path, {"a.txt": "a"})
    write_all(tmp_path, {"a.txt": "a"}, force=True)
    assert "a.txt" in (tmp_path / MANIFEST).read_text()


@pytest.mark.hostile("path")
def test_hostile_name_is_refused(tmp_path: Path, hostile_text: str) -> None:
    """A name that could leave the folder, or that some system reads otherwise, is refused before anything is made."""
    with pytest.raises(OutputError, match=r"^file name .*[^\n]*$"):
        write_all(tmp_path / "new", {"good.txt": "", hostile_text: ""})
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("names", [("a.txt", "A.TXT"), ("a", "a/b"), ("A/b", "a"), ("fig/n.svg", "FIG/N.svg")])
def test_names_that_some_disk_takes_for_one_are_refused(tmp_path: Path, names: tuple[str, str]) -> None:
    """Two names that differ in case alone, or of which one is the folder of the other, are refused."""
    with pytest.raises(OutputError, match="meets another one"):
        write_all(tmp_path, dict.fromkeys(names, ""))


def test_two_files_of_one_folder_are_accepted(tmp_path: Path) -> None:
    """A folder may hold several files."""
    write_all(tmp_path, {"a/b": "", "a/c": ""})
    assert {"a/b", "a/c"} == names_in(tmp_path)


def test_half_a_surrogate_pair_is_refused(tmp_path: Path) -> None:
    """Text that is no Unicode is refused with the name of its file."""
    with pytest.raises(OutputError, match=r"^a\.txt: half of a surrogate pair"):
        write_all(tmp_path, {"a.txt": "\ud800"})


def test_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    """A file where the folder should be, or above it, is named."""
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match=r"file: it is a file, not a folder; choose another one with -o$"):
        write_all(tmp_path / "file", {"a.txt": ""})
    with pytest.raises(OutputError, match=r"a part of it is a file; choose another folder with -o$"):
        write_all(tmp_path / "file" / "inside", {"a.txt": ""})
    assert "mine" == (tmp_path / "file").read_text()


def test_folder_whose_name_no_system_takes_is_refused(tmp_path: Path) -> None:
    """NUL in the folder's name is refused in one printable line."""
    with pytest.raises(OutputError, match=r"cannot write to '.*\\x00.*'.*with -o$"):
        write_all(f"{tmp_path}/a\x00b", {"a.txt": ""})
    with pytest.raises(OutputError, match=r"the name is too long; choose another folder with -o$"):
        write_all(tmp_path / ("x" * 300), {"a.txt": ""})


@pytest.mark.skipif(os.geteuid() == 0, reason="the permissions of a folder do not bind root")
def test_folder_that_is_not_writable_is_refused(tmp_path: Path) -> None:
    """A folder without permission to write is named, and stays as it is."""
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match=r"it is not writable; choose another folder with -o$"):
        write_all(tmp_path, {"a.txt": ""})
    tmp_path.chmod(0o700)
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (errno.EACCES, "it is not writable"),
        (errno.EROFS, "the disk is read-only"),
        (errno.ENOSPC, "no space is left on the disk"),
        (errno.EIO, "Input/output error"),
    ],
)
@pytest.mark.parametrize("call", ["open", "fsync", "replace", "link"])
def test_refusal_of_the_system_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str, code: int, message: str
) -> None:
    """Whatever call fails, the line names the folder and the reason, and no temporary file stays."""
    if call == "link" and code in (errno.EACCES, errno.EROFS):
        code, message = errno.ENOSPC, "no space"

    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, call, fail)
    with pytest.raises(OutputError, match=rf"^cannot write to \S+new: {message}.*; choose another folder with -o$"):
        write_all(tmp_path / "new", {"a.txt": "a", "b/c.txt": "c"})
    monkeypatch.undo()
    assert not list(tmp_path.rglob("*.tmp"))
    assert set() == (names_in(tmp_path / "new") if call == "link" else names_in(tmp_path))


def test_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    """A write that the system cuts short leaves what was there, no temporary file, and one line."""
    write_all(tmp_path, {"a.txt": "old"})
    before = (tmp_path / MANIFEST).read_bytes()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, hard))
    try:
        with pytest.raises(OutputError, match="a file may not become that large there"):
            write_all(tmp_path, {"0.txt": "new", "a.txt": "x" * 20_000})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)
    assert {"a.txt"} == names_in(tmp_path)
    assert (b"old", before) == ((tmp_path / "a.txt").read_bytes(), (tmp_path / MANIFEST).read_bytes())


def test_disk_without_hard_links_is_written_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a file cannot have two names, the temporary one is simply renamed."""

    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "no hard links")

    monkeypatch.setattr(os, "link", no_links)
    write_all(tmp_path, {"a.txt": "a"})
    assert {"a.txt"} == names_in(tmp_path)


def test_file_that_appears_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that somebody else writes between the look and the renaming is not replaced."""
    link = os.link

    def racing(source: Path, target: Path) -> None:
        target.write_text("mine")
        link(source, target)

    monkeypatch.setattr(os, "link", racing)
    with pytest.raises(OutputError, match=r"a\.txt has just been written by somebody else; run again"):
        write_all(tmp_path, {"a.txt": "a"})
    assert "mine" == (tmp_path / "a.txt").read_text()


def test_interrupted_run_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while the second file is written leaves the folder as it was."""
    calls = iter(range(10))

    def interrupt(_: int) -> None:
        if next(calls) == 1:
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt, match=r"^$"):
        write_all(tmp_path / "new", {"a.txt": "a", "b/c.txt": "c"})
    assert [] == list(tmp_path.iterdir())


KILLED = """
import sys
from symbackprop.files import write_all
folder, size = sys.argv[1], 200_000
for number in range(10**6):
    mark = "0123456789"[number % 10]
    write_all(folder, {name: mark * size + "end" for name in ("a.txt", "b.txt", "c/d.txt")})
    if number == 0:
        print("ready", flush=True)
"""


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT])
def test_killed_run_leaves_whole_files(tmp_path: Path, kill: signal.Signals) -> None:
    """Killed at any moment, a run leaves every file whole, old or new, and the next run knows them as its own."""
    for attempt in range(12):
        with subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        ) as run:
            assert run.stdout is not None
            assert b"ready\n" == run.stdout.readline()
            time.sleep(0.003 * attempt)
            run.send_signal(kill)
        assert {"a.txt", "b.txt", "c/d.txt"} == {name for name in names_in(tmp_path) if not name.endswith(".tmp")}
        for name in ("a.txt", "b.txt", "c/d.txt"):
            text = (tmp_path / name).read_text()
            assert text[0] * 200_000 + "end" == text


def test_leftovers_of_a_killed_run_are_removed_later(tmp_path: Path) -> None:
    """An old temporary file goes with the next run; a young one may belong to a run that is still going on."""
    old, young = (tmp_path / f".symbackprop-{name}.tmp" for name in ("0" * 16, "1" * 16))
    for path in (old, young):
        path.write_text("half")
    os.utime(old, (0, 0))
    write_all(tmp_path, {"a.txt": "a"})
    assert (False, True) == (old.exists(), young.exists())


def test_file_is_read_without_its_byte_order_mark(tmp_path: Path) -> None:
    """UTF-8 is read with and without a mark in front."""
    path = tmp_path / "a.toml"
    for raw in (b"\xef\xbb\xbf\xce\xb4", b"\xce\xb4"):
        path.write_bytes(raw)
        assert "δ" == read_text(path, largest=5)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, r"network\.toml: no such file; check the name and the folder$"),
        (lambda path: path.with_name("networc.toml").touch(), r"no such file; did you mean \S+networc\.toml\?$"),
        (lambda path: path.mkdir(), r"network\.toml is not a file; give the name of a file$"),
        (os.mkfifo, r"network\.toml is not a file"),
        (lambda path: path.symlink_to("/dev/zero"), r"network\.toml is not a file"),
        (lambda path: path.symlink_to(path), r"network\.toml cannot be read: Too many levels"),
        (lambda path: path.write_bytes(b"x" * 101), r"network\.toml has more than 100 bytes"),
        (lambda path: path.write_bytes(b"ab\xff"), r"network\.toml: byte 2 is not UTF-8; save the file as UTF-8"),
        (lambda path: path.write_text("x = 1", encoding="utf-16"), r"network\.toml: byte 0 is not UTF-8"),
    ],
)
def test_file_that_cannot_be_read_says_why(tmp_path: Path, make: Callable[[Path], object], message: str) -> None:
    """A file is refused with its name and the reason, in one line."""
    make(tmp_path / "network.toml")
    with pytest.raises(SpecError, match=message):
        read_text(tmp_path / "network.toml", largest=100)


def test_reader_raises_the_error_it_was_given() -> None:
    """Data are refused as data; a name that no system takes is shown in printable letters."""
    with pytest.raises(DataError, match=r"^'a\\x00b' cannot be read: no file can have such a name; check the name"):
        read_bytes("a\x00b", largest=10, error=DataError)


@pytest.fixture(params=["locks of the system", "no module fcntl", "a disk without locks"])
def system(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run a test where the system locks folders, and where it does not."""
    kind = str(request.param)
    if kind == "no module fcntl":
        monkeypatch.setitem(sys.modules, "fcntl", None)
    elif kind == "a disk without locks":

        def refused(descriptor: int, operation: int) -> None:
            raise OSError(errno.ENOLCK, "No locks available")

        monkeypatch.setattr("fcntl.flock", refused)
    return kind


def test_two_writers_leave_one_whole_set(tmp_path: Path, system: str) -> None:
    """Of two that write into one folder at once each waits for the other: nothing is mixed, nothing refused later."""
    sets = [{f"{name}.txt": f"{writer} {name}" * 50 for name in range(4)} for writer in ("one", "other")]
    with ThreadPoolExecutor(2) as pool:
        for _ in range(10):
            list(pool.map(lambda files: write_all(tmp_path / "both", files), sets))
            found = {path.name: path.read_text() for path in (tmp_path / "both").glob("*.txt")}
            assert found in sets
    assert [] == list((tmp_path / "both").glob(".symbackprop.lock*"))


@pytest.mark.parametrize("content", ["", "whoever"])
def test_lock_of_a_writer_that_was_killed_counts_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str
) -> None:
    """Where the system has no locks, a file that stays the same is taken away, and of several who wait one takes it."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    (tmp_path / ".symbackprop.lock").write_text(content)
    inside, most = [], []

    def entered(_: int) -> None:
        with locked(tmp_path, patience=0.5):
            inside.append(1)
            most.append(len(inside))
            time.sleep(0.002)
            inside.pop()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(entered, range(8)))
    assert [1] * 8 == most
    assert [] == list(tmp_path.iterdir())


def test_lock_that_is_being_made_is_not_the_one_that_was_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has no locks, a new file is waited for as long again, empty as the old one though it may be."""
    monkeypatch.setitem(sys.modules, "fcntl", None)
    lock, patience = tmp_path / ".symbackprop.lock", 0.6
    lock.touch()

    def entered() -> float:
        with locked(tmp_path, patience=patience):
            return time.monotonic()

    with ThreadPoolExecutor(1) as pool:
        writer = pool.submit(entered)
        time.sleep(patience / 2)
        (tmp_path / "new").touch()
        anew = time.monotonic()
        (tmp_path / "new").replace(lock)
        assert writer.result() - anew > patience
    assert [] == list(tmp_path.iterdir())


def test_writer_waits_for_one_that_is_stopped_and_then_says_so(tmp_path: Path) -> None:
    """A folder that stays locked is told in one line; with the lock gone it is written to."""
    pytest.importorskip("fcntl")
    waiting, said = locked(tmp_path, patience=0.0), "is being written to by another process; run again"
    with (
        locked(tmp_path),
        pytest.raises(OutputError, match=said),
        waiting,
    ):
        pass
    write_all(tmp_path, {"a.txt": "a"})
    assert "a" == (tmp_path / "a.txt").read_text()


def test_files_of_another_network_are_known(tmp_path: Path) -> None:
    """The list says which network a file tells of, until another one replaces it or the file is gone."""
    write_all(tmp_path, {"a.md": "1", "a.tex": "1", "sub/b.tex": "1"}, owner="2-3-1")
    write_all(tmp_path, {"a.md": "2"}, owner="2-3-1-relu-es")
    assert {"2-3-1": ["a.tex", "sub/b.tex"]} == of_others(tmp_path, "2-3-1-relu-es")
    assert {"2-3-1-relu-es": ["a.md"]} == of_others(tmp_path, "2-3-1")
    (tmp_path / "a.tex").unlink()
    write_all(tmp_path, {"sub/b.tex": "2", "c.svg": "3"})
    assert {} == of_others(tmp_path, "2-3-1-relu-es")


@pytest.mark.parametrize("force", [False, True])
def test_device_is_never_replaced(tmp_path: Path, force: bool) -> None:
    """A pipe, a device, and a link to one stay what they are, whatever is forced."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "null").symlink_to(os.devnull)
    for name, what in (("pipe", "no file"), ("null", "a device")):
        with pytest.raises(OutputError, match=f"{name} is {what}, and a file would take its place; give the name of"):
            write_all(tmp_path, {name: "x"}, force=force)
    assert (tmp_path / "pipe").is_fifo()
    assert (tmp_path / "null").is_char_device()
