"""Open the built pages in a real browser: ``python docs/check_site.py docs/_build/html``.

It needs playwright and a Chromium; ``--chromium PATH`` names the program. Every page is
checked for broken internal links. The main pages and a few examples are opened at 1300 and
390 pixels: no error on the console, no request that fails, nothing wider than the window,
every picture there. The search must find "imbalance". ``--screenshots FOLDER`` keeps what
was seen.
"""

import argparse
import shutil
import sys
import threading
from functools import partial
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlparse

PAGES = [
    *("index", "getting_started", "auto_gallery/index", "choosing", "api", "faq", "glossary"),
    *("user_guide/index", "user_guide/learner", "user_guide/imbalance", "coming_from"),
    *("experiments/balanced_coverage", "generated/skactive.ActiveLearner"),
    *("auto_gallery/plot_01_label_a_pool", "auto_gallery/plot_02_what_strategies_see"),
    *("auto_gallery/plot_03_imbalance", "auto_gallery/plot_12_label_with_people"),
    *("user_guide/recipes", "user_guide/labeling"),
]
WIDTHS = {1300: 900, 390: 800}


class Links(HTMLParser):
    """Where a page leads to, and the anchors that it has."""

    def __init__(self):
        super().__init__()
        self.targets, self.anchors = [], set()

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if "id" in attrs:
            self.anchors.add(attrs["id"])
        for name in ("href", "src"):
            if attrs.get(name):
                self.targets.append(attrs[name])


def read_links(root):
    """The links of every page of a folder."""
    found = {}
    for path in sorted(root.rglob("*.html")):
        if "_static" in path.relative_to(root).parts:
            continue  # templates of the theme
        found[path.resolve()] = links = Links()
        links.feed(path.read_text("utf-8"))
    return found


def broken_links(root):
    """Links to files or anchors that are not there, as (page, target)."""
    pages = read_links(root)
    for path, links in pages.items():
        for target in links.targets:
            address, anchor = urldefrag(target)
            if urlparse(target).scheme or target.startswith("//"):
                continue
            aim = (path.parent / unquote(address.partition("?")[0])).resolve() if address else path
            if not aim.exists():
                yield path, target
            elif anchor and aim in pages and unquote(anchor) not in pages[aim].anchors:
                yield path, target


class Quiet(SimpleHTTPRequestHandler):
    """A file server that prints nothing."""

    def log_message(self, *args):
        pass


def open_page(browser, url, width, height, screenshot):
    """What is wrong with a page at one width, as lines."""
    page = browser.new_page(viewport={"width": width, "height": height})
    wrong = []
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("requestfailed", lambda request: wrong.append(f"request failed: {request.url}"))
    page.goto(url)
    page.wait_for_load_state("networkidle")
    if page.evaluate("document.documentElement.scrollWidth") > width:
        wrong.append("the page is wider than the window")
    missing = "[...document.images].filter(i => i.complete && !i.naturalWidth).map(i => i.src)"
    wrong.extend(f"no picture: {source}" for source in page.evaluate(missing))
    if screenshot:
        page.screenshot(path=screenshot)
    page.close()
    return wrong


def search_finds(browser, root_url, word):
    """How many pages the search of the site finds."""
    page = browser.new_page()
    page.goto(f"{root_url}/search.html?q={word}")
    page.wait_for_selector("#search-results li", timeout=20_000)
    count = page.locator("#search-results li").count()
    page.close()
    return count


def main():
    """Check a folder of pages; the exit status is the number of faults."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("root", type=Path)
    parser.add_argument("--chromium", default=shutil.which("chromium"))
    parser.add_argument("--screenshots", type=Path)
    arguments = parser.parse_args()
    broken = broken_links(arguments.root)
    faults = [f"{page.name}: broken link {target}" for page, target in broken]
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=str(arguments.root))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    root_url = f"http://127.0.0.1:{server.server_port}"
    if arguments.screenshots:
        arguments.screenshots.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=arguments.chromium, args=["--no-sandbox"]
        )
        for name in PAGES:
            for width, height in WIDTHS.items():
                shot = arguments.screenshots and (
                    arguments.screenshots / f"{name.replace('/', '_')}_{width}.png"
                )
                url = f"{root_url}/{name}.html"
                faults += [
                    f"{name} at {width}: {line}"
                    for line in open_page(browser, url, width, height, shot)
                ]
        n_found = search_finds(browser, root_url, "imbalance")
        browser.close()
    server.shutdown()
    print(f"{len(PAGES)} pages at {len(WIDTHS)} widths; search finds imbalance on {n_found} pages")
    for fault in faults:
        print(fault)
    return min(len(faults), 100)


if __name__ == "__main__":
    sys.exit(main())
