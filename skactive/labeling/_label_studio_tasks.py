"""Convert rows to tasks of Label Studio, and annotations to answers."""

import json
from xml.sax.saxutils import quoteattr

from ._pictures import seen

MODEL_VERSION = "skactive"
_TAGS = {"text": "Text", "image": "Image", "table": "Table"}
_HOTKEYS = "1234567890"
_RANKS = 1e-6
_KEY = "skactive_key"


def config_of(kind, classes):
    """Return a labeling configuration with the row and a button for each class.

    Parameters
    ----------
    kind : {"text", "image", "table"}
        How to show the rows.
    classes : list
        The classes.

    Returns
    -------
    config : str
        The configuration as XML.
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
    """Return the content of a task: a text, the address of a picture, or named values."""
    kind, content = seen(thing)
    return {"row": dict(content) if kind == "table" else content}


def kind_of(thing):
    """Return how to show a row; a text that is the address of a picture is an image."""
    kind, content = seen(thing)
    endings = (".png", ".jpg", ".jpeg", ".gif", ".webp")
    is_address = kind == "text" and content.startswith(("http://", "https://"))
    is_picture = is_address and content.lower().partition("?")[0].endswith(endings)
    return "image" if is_picture else kind


def task_of(key, data, rank):
    """Return a task; people get the tasks in the order of their ranks.

    Label Studio asks the task with the lowest prediction score first. The
    prediction holds no class, so it cannot bias people.
    """
    prediction = {"model_version": MODEL_VERSION, "score": rank * _RANKS, "result": []}
    return {"data": {_KEY: json.dumps(key), **data}, "predictions": [prediction]}


def key_of(task):
    """Return the key of a task's row as JSON; None for a task that somebody else created."""
    key = task["data"].get(_KEY)
    return key if isinstance(key, str) else None


def choices_of(task):
    """Return the current answer of each person: dict of user number to (annotation, text).

    The text is None for a skip. If a person made several annotations, the
    latest one counts. Annotations without a choice are ignored.
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
