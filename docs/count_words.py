"""Words of each page: ``python docs/count_words.py docs/_build/html``. Programs do not count."""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path


class Text(HTMLParser):
    """The words of the article of a page, without programs and their output."""

    def __init__(self):
        super().__init__()
        self.words, self._depth, self._hidden = 0, 0, 0

    def handle_starttag(self, tag, attrs):
        self._depth += tag == "article"
        self._hidden += tag in ("pre", "style", "script")

    def handle_endtag(self, tag):
        self._depth -= tag == "article"
        self._hidden -= tag in ("pre", "style", "script")

    def handle_data(self, data):
        if self._depth and not self._hidden:
            self.words += len(re.findall(r"\w[\w'-]*", data))


def words_of(path):
    """Number of words of a page."""
    text = Text()
    text.feed(path.read_text("utf-8"))
    return text.words


def main():
    root = Path(sys.argv[1])
    pages = {path.relative_to(root): words_of(path) for path in root.rglob("*.html")}
    skipped = ("_", "genindex", "py-modindex", "search")
    pages = {page: n for page, n in pages.items() if not str(page).startswith(skipped)}
    generated = {page: n for page, n in pages.items() if page.parts[0] == "generated"}
    for page in sorted(pages.keys() - generated.keys(), key=str):
        print(f"{pages[page]:6d}  {page}")
    print(f"{sum(generated.values()):6d}  {len(generated)} pages of the reference")
    print(f"{sum(pages.values()):6d}  all {len(pages)} pages")


if __name__ == "__main__":
    main()
