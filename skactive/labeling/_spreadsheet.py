"""Rows for a spreadsheet, and the labels that come back from it."""

import csv
import io
from pathlib import Path

_KEY, _LABEL, _ANNOTATOR = "key", "label", "annotator"
_SKIP = "?"


def write_sheet(path, picks, show, classes):
    """Write rows with an empty column for the labels, as a CSV file in UTF-8.

    The first line is a comment with the classes; then come the columns key,
    label, annotator and those of the rows.

    Parameters
    ----------
    path : path-like
        The file; one that exists is not replaced.
    picks : list of Pick
        The rows.
    show : callable
        ``show(pick)`` is what a person sees: a text, a mapping or a series.
    classes : list
        Named in the first line.

    Raises
    ------
    FileExistsError
        If there is such a file: it may hold labels.
    """
    rows = [_cells(show(pick)) for pick in picks]
    names = list(dict.fromkeys(name for row in rows for name in row))
    with open(path, "x", newline="", encoding="utf-8-sig") as file:
        file.write(_comment(classes))
        writer = csv.writer(file)
        writer.writerow([_KEY, _LABEL, _ANNOTATOR, *names])
        for pick, row in zip(picks, rows):
            writer.writerow([pick.key, "", "", *(_safe(row.get(name, "")) for name in names)])


def read_sheet(path, read_key, read_label):
    """The answers in a file, all of them checked before one is used.

    Texts are read as texts: ``00123`` and ``NA`` stay what they are. Rows may
    come in any order and some may be empty; ``?`` is a skip. The separator may
    be a comma, a semicolon or a tab, as spreadsheets write them.

    Parameters
    ----------
    path : path-like
        The file.
    read_key : callable
        ``read_key(text) -> key``; a ValueError names the line.
    read_label : callable
        ``read_label(text) -> label``; a ValueError names the line.

    Returns
    -------
    answers : list of (key, label, annotator)
        None as the label is a skip, None as the annotator is nobody.

    Raises
    ------
    ValueError
        With every line that is wrong; nothing was used then.
    """
    numbered = _lines(path)
    columns = _columns(next(numbered, (0, []))[1], path)
    answers, wrong, first_line = [], [], {}
    for line, cells in numbered:
        if not any(cell.strip() for cell in cells):
            continue
        try:
            answer = _answer(cells, columns, read_key, read_label)
            if answer is None:
                continue
            if answer[0] in first_line and (answer[0], answer[1]) != first_line[answer[0]][1]:
                raise ValueError(
                    f"key {answer[0]!r} has another label in line {first_line[answer[0]][0]}"
                )
            first_line.setdefault(answer[0], (line, answer[:2]))
            answers.append(answer)
        except ValueError as error:
            wrong.append(f"line {line}: {error}")
    if wrong:
        shown = "\n".join(wrong[:20])
        raise ValueError(f"{path} has {len(wrong)} wrong lines; no label was used.\n{shown}")
    return answers


def _comment(classes):
    """The first line: what may stand in the label column."""
    line = io.StringIO()
    names = " | ".join(str(name) for name in classes)
    csv.writer(line).writerow([f"# classes: {names} (leave empty what is not done, ? skips)"])
    return line.getvalue()


def _cells(shown):
    """What is shown of a row as columns."""
    if isinstance(shown, str):
        return {"row": shown}
    if hasattr(shown, "items"):
        return {str(name): value for name, value in shown.items()}
    return {"row": str(shown)}


def _safe(value):
    """A cell that a spreadsheet does not take for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") and not _is_number(text) else text


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def _lines(path):
    """Line numbers and cells, from the header on."""
    text = _decoded(Path(path).read_bytes(), path)
    lines = text.splitlines()
    header = next((line for line in lines if not _is_comment(line) and line.strip()), "")
    separator = max(",;\t", key=header.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    for cells in reader:
        if cells and not _is_comment(cells[0]):
            yield reader.line_num, cells


def _is_comment(text):
    return text.lstrip('"').startswith("# classes:")


def _decoded(content, path):
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(
            f"{path} is not in UTF-8 ({error.reason} at byte {error.start}). Save it as 'CSV "
            "UTF-8'."
        ) from error


def _columns(header, path):
    """Where key, label and annotator stand."""
    names = [name.strip().casefold() for name in header]
    for name in (_KEY, _LABEL):
        if names.count(name) != 1:
            raise ValueError(
                f"{path} must have one column named {name!r}, got {header}. Was a column renamed?"
            )
    annotator = names.index(_ANNOTATOR) if _ANNOTATOR in names else None
    return names.index(_KEY), names.index(_LABEL), annotator


def _answer(cells, columns, read_key, read_label):
    """Key, label and annotator of a line; None where the label is empty."""
    key, label, annotator = (
        cells[at].strip() if at is not None and at < len(cells) else "" for at in columns
    )
    raw = cells[columns[1]] if columns[1] < len(cells) else ""
    if not label:
        return None
    if not key:
        raise ValueError(f"there is the label {label!r} but no key")
    label = None if label == _SKIP else read_label(raw)
    return read_key(key), label, annotator or None
