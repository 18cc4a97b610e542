"""Write rows for a spreadsheet, and read the labels from it."""

import csv
import io
from pathlib import Path

_KEY, _LABEL, _ANNOTATOR = "key", "label", "annotator"
_SKIP = "?"


def write_sheet(path, picks, show, classes):
    """Write rows with an empty column for the labels, as a CSV file in UTF-8.

    The first line is a comment with the classes. Then come the columns key,
    label, annotator and those of the rows.

    Parameters
    ----------
    path : path-like
        The file; an existing file is not replaced.
    picks : list of Pick
        The rows.
    show : callable
        ``show(pick)`` returns what a person sees: a text, a mapping or a
        series.
    classes : list
        Classes to name in the first line.

    Raises
    ------
    FileExistsError
        If the file exists: it may hold labels.
    """
    rows = [_cells(show(pick)) for pick in picks]
    names = list(dict.fromkeys(name for row in rows for name in row))
    if Path(path).exists():
        raise FileExistsError(
            f"{path} exists and may hold labels, so it was not replaced. Read it by from_csv, or "
            "choose another name."
        )
    with open(path, "x", newline="", encoding="utf-8-sig") as file:
        file.write(_comment(classes))
        writer = csv.writer(file)
        writer.writerow([_KEY, _LABEL, _ANNOTATOR, *map(_safe, names)])
        for pick, row in zip(picks, rows):
            cells = [pick.key, "", "", *(row.get(name, "") for name in names)]
            writer.writerow(map(_safe, cells))


def read_sheet(path, read_key, read_label):
    """Read the answers in a file, and check all of them before any is used.

    Cells stay texts, such as ``00123`` and ``NA``. Rows may come in any order,
    and some may be empty; ``?`` is a skip. The separator may be a comma, a
    semicolon or a tab, depending on the spreadsheet program.

    Parameters
    ----------
    path : path-like
        The file.
    read_key : callable
        ``read_key(text) -> key``; its ValueError is reported with the line.
    read_label : callable
        ``read_label(text) -> label``; its ValueError is reported with the
        line.

    Returns
    -------
    answers : list of (key, label, annotator)
        The label is None for a skip. The annotator is None if the cell is
        empty.

    Raises
    ------
    ValueError
        If lines are wrong; the message lists them.
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
        raise ValueError(f"{path} has {len(wrong)} wrong lines; no label was stored.\n{shown}")
    return answers


def _comment(classes):
    """Return the first line, which says what the label column may hold."""
    line = io.StringIO()
    names = " | ".join(str(name) for name in classes)
    csv.writer(line).writerow([f"# classes: {names} (leave open rows empty, ? skips a row)"])
    return line.getvalue()


def _cells(shown):
    """Return what is shown of a row as columns."""
    if isinstance(shown, str):
        return {"row": shown}
    if hasattr(shown, "items"):
        return {str(name): value for name, value in shown.items()}
    return {"row": str(shown)}


def _safe(value):
    """Return a cell that a spreadsheet does not take for a formula."""
    text = "" if value is None else str(value)
    return f"'{text}" if _is_formula(text.lstrip("'")) else text


def _as_given(text):
    """Return the text that :func:`_safe` made safe."""
    return text[1:] if text[:1] == "'" and _is_formula(text.lstrip("'")) else text


def _is_formula(text):
    return text[:1] in ("=", "+", "-", "@") and bool(text) and not _is_number(text)


def _is_number(text):
    try:
        float(text)
    except ValueError:
        return False
    return True


def _lines(path):
    """Yield line numbers and cells, starting with the header."""
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
    """Return the columns of key, label and annotator."""
    names = [name.strip().casefold() for name in header]
    for name in (_KEY, _LABEL):
        if names.count(name) != 1:
            raise ValueError(
                f"{path} must have one column named {name!r}, got {header}. Was a column renamed?"
            )
    annotator = names.index(_ANNOTATOR) if _ANNOTATOR in names else None
    return names.index(_KEY), names.index(_LABEL), annotator


def _answer(cells, columns, read_key, read_label):
    """Return key, label and annotator of a line; None if the label is empty."""
    key, label, annotator = (
        cells[at].strip() if at is not None and at < len(cells) else "" for at in columns
    )
    raw = cells[columns[1]] if columns[1] < len(cells) else ""
    if not label:
        return None
    if not key:
        raise ValueError(f"the label {label!r} has no key")
    label = None if label == _SKIP else read_label(raw)
    return read_key(_as_given(key)), label, annotator or None
