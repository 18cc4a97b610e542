"""Labels in a CSV file: half-filled, reordered, renamed, as spreadsheets save them."""

import csv

import numpy as np
import pytest

from skactive import ActiveLearner

from .jobs import Job, assert_plain_loop, labels_of


@pytest.fixture
def job(digits, tmp_path):
    X, y = digits
    names = np.array([f"digit {k}" for k in range(10)])[y]
    learner = ActiveLearner(budget=20, batch_size=5, random_state=0)
    classes = [f"digit {k}" for k in range(10)]
    return Job(learner, X, names, tmp_path / "labels.db", classes=classes)


def filled(path, answer, *, reverse=False, encoding="utf-8", delimiter=","):
    """Fill the label column in; a person may sort the lines and save in another form."""
    with open(path, newline="", encoding="utf-8-sig") as file:
        comment, header, *rows = csv.reader(file)
    for row in rows:
        row[header.index("label")] = answer(row[header.index("key")])
    with open(path, "w", newline="", encoding=encoding) as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows([comment, header, *(rows[::-1] if reverse else rows)])
    return path


def test_a_job_by_spreadsheet_is_the_plain_loop(job, tmp_path):
    number = 0
    while True:
        with job.open() as session:
            path = tmp_path / f"round{number}.csv"
            if not session.to_csv(path):
                break
            filled(path, lambda key: job.y[int(key)], reverse=number % 2 == 1)
            assert session.from_csv(path, annotator="ana") == 5
        number += 1
    with job.open() as session:
        assert_plain_loop(session, job.learner, job.X, job.y)
        assert set(session.labels["annotator"]) == {"ana"}


def test_content_of_the_file(job, tmp_path):
    with job.open() as session:
        session.to_csv(tmp_path / "a.csv", 3)
        keys = [str(pick.key) for pick in session.ask(3)]
    with open(tmp_path / "a.csv", newline="", encoding="utf-8-sig") as file:
        comment, header, *rows = csv.reader(file)
    assert comment[0].startswith("# classes: digit 0 | digit 1 |")
    assert header[:4] == ["key", "label", "annotator", "0"]
    assert [row[0] for row in rows] == keys
    assert all(row[1] == row[2] == "" for row in rows)


def test_a_file_that_exists_is_not_replaced(job, tmp_path):
    with job.open() as session:
        session.to_csv(tmp_path / "a.csv")
        with pytest.raises(FileExistsError):
            session.to_csv(tmp_path / "a.csv")


def test_half_filled_and_read_twice(job, tmp_path):
    with job.open() as session:
        keys = [pick.key for pick in session.ask()]
        path = tmp_path / "a.csv"
        session.to_csv(path)
        filled(path, lambda key: "digit 1" if int(key) in keys[:2] else "")
        assert session.from_csv(path) == 2
        assert session.from_csv(path) == 0
        filled(path, lambda key: "?" if int(key) == keys[2] else "digit 1")
        assert session.from_csv(path) == 3
        assert session.progress().n_skipped == 1
        filled(path, lambda key: "digit 2" if int(key) == keys[0] else "")
        assert session.from_csv(path) == 1
        assert dict(labels_of(session))[keys[0]] == "digit 2"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_as_spreadsheets_save_it(job, tmp_path, delimiter, encoding):
    with job.open() as session:
        session.to_csv(tmp_path / "a.csv")
        options = {"delimiter": delimiter, "encoding": encoding}
        filled(tmp_path / "a.csv", lambda key: "digit 3", **options)
        assert session.from_csv(tmp_path / "a.csv") == 5


@pytest.mark.parametrize(
    ("label", "match"),
    [
        ("digit 11", r"line 5: 'digit 11' is not one of the classes"),
        ("Digit 1", r"line 5: .*Did you mean 'digit 1'"),
        (" digit 1", r"line 5: .*Did you mean 'digit 1'"),
    ],
)
def test_a_wrong_class_is_refused_with_its_line_and_nothing_is_used(job, tmp_path, label, match):
    with job.open() as session:
        third = session.ask()[2].key
        session.to_csv(tmp_path / "a.csv")
        filled(tmp_path / "a.csv", lambda key: label if int(key) == third else "digit 1")
        with pytest.raises(ValueError, match=match):
            session.from_csv(tmp_path / "a.csv")
        assert session.progress().n_labels == 0


@pytest.mark.parametrize(
    ("content", "match"),
    [
        ("key,klass\n1,digit 1\n", "one column named 'label'.*renamed"),
        ("label,row\ndigit 1,x\n", "one column named 'key'"),
        ("key,label\n999,digit 1\n", "line 2: no row of the pool has the key 999"),
        ("key,label\n00012,digit 1\n", "line 2: no row of the pool has the key '00012'"),
        ("key,label\n1,digit 1\n1,digit 2\n", "line 3: key 1 has another label in line 2"),
        ("key,label\n,digit 1\n", "no key"),
        ("", "one column named"),
    ],
)
def test_files_that_cannot_be_used(job, tmp_path, content, match):
    (tmp_path / "a.csv").write_text(content, encoding="utf-8")
    with job.open() as session, pytest.raises(ValueError, match=match):
        session.from_csv(tmp_path / "a.csv")


def test_a_file_that_is_not_in_utf8(job, tmp_path):
    (tmp_path / "a.csv").write_bytes("key,label\n1,gr\u00fcn\n".encode("latin-1"))
    with job.open() as session, pytest.raises(ValueError, match="not in UTF-8"):
        session.from_csv(tmp_path / "a.csv")


def test_more_labels_than_the_budget(job, tmp_path):
    lines = "".join(f"{key},digit 1\n" for key in range(21))
    (tmp_path / "a.csv").write_text(f"key,label\n{lines}", encoding="utf-8")
    with job.open() as session:
        with pytest.raises(ValueError, match="21 new labels, but only 20 are left"):
            session.from_csv(tmp_path / "a.csv")
        assert session.progress().n_labels == 0


def test_texts_stay_texts(tmp_path):
    texts = ["=1+1", "@home", "-5 degrees", "plain, with a comma", 'a "quote"\nand a line', "0012"]
    keys = ["00123", "NA", "1e5", "x,y", "007", "null"]
    learner = ActiveLearner(random_state=0, n_initial=6, batch_size=6)
    job = Job(learner, texts, None, tmp_path / "labels.db", keys=keys, classes=["NA", "0"])
    with job.open() as session:
        session.to_csv(tmp_path / "a.csv")
        with open(tmp_path / "a.csv", newline="", encoding="utf-8-sig") as file:
            rows = {row[0]: row[3] for row in list(csv.reader(file))[2:]}
        assert set(rows) == set(keys)
        assert rows["00123"] == "'=1+1"  # no formula for a spreadsheet
        assert rows["x,y"] == "plain, with a comma"
        assert rows["null"] == "0012"
        filled(tmp_path / "a.csv", lambda key: "NA" if key == "007" else "0")
        assert session.from_csv(tmp_path / "a.csv") == 6
        assert dict(labels_of(session)) == {k: "NA" if k == "007" else "0" for k in keys}


def test_keys_and_columns_that_look_like_formulas(tmp_path):
    pandas = pytest.importorskip("pandas")
    keys = ["=cmd|' /C calc'!A0", "-row 1", "'=2", "@3", "-4", "+5"]
    pool = pandas.DataFrame({"=HYPERLINK()": np.arange(6.0), "b": 1.0}, index=keys)
    learner = ActiveLearner(random_state=0, n_initial=6, batch_size=6)
    job = Job(learner, pool, None, tmp_path / "labels.db", classes=["a", "b"])
    with job.open() as session:
        session.to_csv(tmp_path / "a.csv")
        with open(tmp_path / "a.csv", newline="", encoding="utf-8-sig") as file:
            _, header, *rows = csv.reader(file)
        cells = {row[0] for row in rows} | {*header}
        assert "-4" in cells and not [c for c in cells if c[0] in "=+@-" and c not in ("-4", "+5")]
        filled(tmp_path / "a.csv", lambda key: "b" if key == "''=2" else "a")
        assert session.from_csv(tmp_path / "a.csv") == 6
        assert dict(labels_of(session)) == {k: "b" if k == "'=2" else "a" for k in keys}


def test_a_display_makes_the_columns(job, tmp_path):
    job.options["display"] = lambda row: {"sum": row.sum(), "note": "=A1"}
    with job.open() as session:
        session.to_csv(tmp_path / "a.csv", 1)
        pick = session.ask(1)[0]
    with open(tmp_path / "a.csv", newline="", encoding="utf-8-sig") as file:
        _, header, row = csv.reader(file)
    assert header[3:] == ["sum", "note"]
    assert row[3:] == [str(pick.row.sum()), "'=A1"]
