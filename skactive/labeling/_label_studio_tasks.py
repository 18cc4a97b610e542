"""Rows as tasks of Label Studio, and its annotations as answers."""

import json
from xml.sax.saxutils import quoteattr

from ._pictures import seen

MODEL_VERSION = "skactive"
_TAGS = {"text": "Text", "image": "Image", "table": "Table"}
_HOTKEYS = "1234567890"
_RANKS = 1e-6
_KEY = "skactive_key"


def config_of(kind, classes):
    """What the labeling page shows: the row, and a button with a key for each class.

    Parameters
    ----------
    kind : {"text", "image", "table"}
        Of the rows.
    classes : list
        The classes.

    Returns
    -------
    config : str
        XML.
    """
    choices = "".join(
        f"<Choice value={quoteattr(str(name))}"
        + (f' hotkey="{_HOTKEYS[number]}"/>' if number < len(_HOTKEYS) else "/>")
        for number, name in enumerate(classes)
    )
    return (
        f'<View><{_TAGS[kind]} name="row" value="$row"/>'
        '<Choices name="label" toName="row" choice="single" required="true" showInline="true">'
        f"{choices}</Choices></View>"
    )


def data_of(thing):
    """The content of a task: a text, a picture's address, or named values."""
    kind, content = seen(thing)
    return {"row": dict(content) if kind == "table" else content}


def kind_of(thing):
    """How a row is to be shown; a text that is the address of a picture is one."""
    kind, content = seen(thing)
    endings = (".png", ".jpg", ".jpeg", ".gif", ".webp")
    is_address = kind == "text" and content.startswith(("http://", "https://"))
    is_picture = is_address and content.lower().partition("?")[0].endswith(endings)
    return "image" if is_picture else kind


def task_of(key, data, rank):
    """A task that is asked in the order of ranks.

    The lowest score of a prediction is asked first. The prediction says
    nothing else, so that it sways nobody.
    """
    prediction = {"model_version": MODEL_VERSION, "score": rank * _RANKS, "result": []}
    return {"data": {_KEY: json.dumps(key), **data}, "predictions": [prediction]}


def key_of(task):
    """The key of a task's row as JSON; None for a task that was made by somebody else."""
    key = task["data"].get(_KEY)
    return key if isinstance(key, str) else None


def choices_of(task):
    """What each person says of a task now: dict of user's number to (annotation, text).

    The text is None for a skip. Of several annotations of one person the
    latest counts; one without a choice says nothing.
    """
    said = {}
    for annotation in sorted(task["annotations"], key=lambda each: each["updated_at"]):
        text = None if annotation["was_cancelled"] else _choice(annotation["result"])
        if text is None and not annotation["was_cancelled"]:
            continue
        user = annotation["completed_by"]
        said[user["id"] if isinstance(user, dict) else user] = (annotation, text)
    return said


def _choice(result):
    for region in result:
        choices = region.get("value", {}).get("choices")
        if choices:
            return choices[0]
    return None
