"""CSV as it comes: lines keep their numbers, and one bad line costs one line."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crm_store.importing.errors import UnknownFormat
from crm_store.importing.reading import LINE, RAW, REASON, ahead, csv_header, read_csv
from crm_store.importing.rejected import harmless, harmless_line


def read(path: Path, content: bytes, block: int = 8 << 20) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    path.write_bytes(content)
    rows, broken = [], []
    for chunk in read_csv(path, block):
        rows += chunk.rows.drop(RAW).rows()
        broken += chunk.broken.select(LINE, REASON).rows()
    return rows, broken


@pytest.mark.parametrize("block", [7, 16, 1 << 20])
def test_records_over_several_lines_keep_their_first_lines_number(tmp_path: Path, block: int) -> None:
    content = b'a,b\n1,x\n2,"one\ntwo, ""three"""\n\n3,6" nail\n4,y'
    rows, broken = read(tmp_path / "f.csv", content, block)
    assert rows == [(2, "1", "x"), (3, "2", 'one\ntwo, "three"'), (6, "3", '6" nail'), (7, "4", "y")]
    assert broken == []


@pytest.mark.parametrize("block", [9, 1 << 20])
def test_a_quotation_mark_that_is_never_closed_costs_one_line(tmp_path: Path, block: int) -> None:
    rows, broken = read(tmp_path / "f.csv", b'a,b\n1,"open\n2,x\n3,y\n4,z\n', block)
    assert [row[0] for row in rows] == [3, 4, 5]
    assert [line for line, _ in broken] == [2]


def test_broken_bytes_inside_a_record_reject_the_record(tmp_path: Path) -> None:
    rows, broken = read(tmp_path / "f.csv", b'a,b\n1,"x\n\xff"\n2,\0\n3,z\n')
    assert rows == [(5, "3", "z")]
    assert broken == [(2, "it is not UTF-8"), (4, "it holds a NUL byte")]


def test_empty_files_and_headers_alone(tmp_path: Path) -> None:
    assert read(tmp_path / "f.csv", b"") == ([], [])
    assert read(tmp_path / "f.csv", b"a,b") == ([], [])
    assert csv_header(tmp_path / "f.csv") == ("a", "b")
    assert read(tmp_path / "f.csv", b'\xef\xbb\xbf"a"\r\n1\r\n') == ([(2, "1")], [])


@pytest.mark.parametrize("block", [7, 1 << 20])
@pytest.mark.parametrize(("separator", "end"), [(";", "\n"), ("\t", "\r\n"), (",", "\r"), (";", "\r")])
def test_other_separators_and_line_ends(tmp_path: Path, separator: str, end: str, block: int) -> None:
    lines = ["a,b", '1,"x,y"', "2,z", "3"]
    content = end.join(line.replace(",", separator) for line in lines) + end
    rows, broken = read(tmp_path / "f.csv", content.encode(), block)
    assert rows == [(2, "1", f"x{separator}y"), (3, "2", "z")]
    assert broken == [(4, "it has 1 cells, the header has 2")]


def test_columns_that_could_not_stand_in_one_frame_are_numbered(tmp_path: Path) -> None:
    read(tmp_path / "f.csv", b"a,_line,_raw,a,,\n1,2,3,4,,\n")
    (chunk,) = read_csv(tmp_path / "f.csv")
    names = [LINE, RAW, "a", "_line (column 2)", "_raw (column 3)", "a (column 4)", "(column 5)", "(column 6)"]
    assert chunk.rows.columns == names
    assert chunk.rows.row(0) == (2, "1,2,3,4,,", "1", "2", "3", "4", "", "")


@pytest.mark.parametrize("content", ["a,b\n1,2\n".encode("utf-16"), b"a,gr\xf6\xdfe\n1,2\n"])
def test_another_encoding_is_named_with_its_remedy(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "f.csv").write_bytes(content)
    with pytest.raises(UnknownFormat, match='save it as "CSV UTF-8"'):
        csv_header(tmp_path / "f.csv")


def test_a_cell_that_is_too_long_is_said_to_be(tmp_path: Path) -> None:
    rows, broken = read(tmp_path / "f.csv", b'a,b\n1,"' + b"x" * 140_000 + b'"\n2,y\n')
    assert rows == [(3, "2", "y")]
    assert [(line, "131,072 characters" in str(reason)) for line, reason in broken] == [(2, True)]


cells = st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\0\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
)


@settings(deadline=None)
@given(rows=st.lists(st.tuples(cells.filter(lambda c: c.strip() != ""), cells), max_size=20), block=st.integers(1, 200))
def test_whatever_a_writer_writes_is_read_back(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]], block: int
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerows([("a", "b"), *rows])
    found, broken = read(tmp_path_factory.mktemp("csv") / "f.csv", out.getvalue().encode(), block)
    assert [row[1:] for row in found] == rows
    assert broken == []


@pytest.mark.parametrize(
    ("cell", "safe"),
    [("=1+1", "'=1+1"), ("@SUM(A1)", "'@SUM(A1)"), ("+cmd|x", "'+cmd|x"), ("-12.50", "-12.50"), ("+49 1", "+49 1")],
)
def test_rejected_cells_are_no_formulas(cell: str, safe: str) -> None:
    assert harmless(cell) == safe
    assert harmless_line(f"a,{cell}") == f"a,{safe}"
    assert not harmless_line(f'"{cell}",b').startswith("=")


def test_what_a_reader_thread_raises_is_raised_where_its_items_are_used() -> None:
    def items() -> object:
        yield 1
        raise KeyError("gone")

    got = ahead(items())  # type: ignore[arg-type]
    assert next(got) == 1
    with pytest.raises(KeyError):
        next(got)
