"""The reviewer's report: its HTML, and the page in a browser."""

import html.parser
import itertools
import json
import re
import sys

import pytest

from reproduce import report
from reproduce.base.paths import INDEX, RENDERED, RESULTS
from reproduce.ledger.consistency import report as checked

VOID = {"meta", "link", "img", "br", "input"}


class Page(html.parser.HTMLParser):
    """Elements in order, and whether each is closed."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.open, self.text = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style", "script"} & set(self.open):
            self.text.append(data)

    def all(self, *tags):
        return [attrs for tag, attrs in self.elements if tag in tags]


@pytest.fixture(scope="module")
def found():
    return checked()


@pytest.fixture(scope="module")
def content():
    return report.content()


@pytest.fixture(scope="module")
def text(content):
    return report.page(content)


@pytest.fixture(scope="module")
def page(text):
    found = Page(text)
    assert not found.open
    return found


def test_ids_are_unique_and_links_lead_somewhere(page):
    ids = [attrs["id"] for _, attrs in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    for attrs in page.all("a"):
        assert attrs["href"].startswith("#")
        assert attrs["href"][1:] in ids
    for _, attrs in page.elements:
        assert attrs.get("aria-labelledby", "main") in ids


def test_every_picture_has_words_and_is_inside(page):
    index = json.loads((RENDERED / INDEX).read_text())
    images = page.all("img")
    assert len(images) == len(index) + sum(any(f.endswith(".gif") for f in each["files"]) for each in index)
    for attrs in images:
        assert len(attrs["alt"]) > 20
        assert attrs["src"].startswith("data:image/")


def test_nothing_is_asked_of_the_network(text, page):
    for _, attrs in page.elements:
        for name in ("src", "href", "srcset", "action", "data"):
            assert not re.match(r"(https?:)?//", attrs.get(name) or "")
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text
    assert len(text.encode()) < 8_000_000


def test_headings_are_in_order_and_tables_have_headers(page):
    levels = [int(tag[1]) for tag, _ in page.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
    assert all(attrs["scope"] for attrs in page.all("th"))
    assert page.all("html") == [{"lang": "en"}]


def test_every_table_line_and_claim_is_there(page, content, found):
    words = " ".join(" ".join(page.text).split())
    for table in found["tables"]:
        assert table["title"] in words
        assert table["command"] in words
    for claim in found["claims"]:
        assert claim["statement"] in words
        assert claim["verdict"] in words
    verdicts = [attrs["data-verdict"] for attrs in page.all("li") if "data-verdict" in attrs]
    assert len(verdicts) == len(found["claims"])
    lines = sum(len(table["rows"]) for table in found["tables"])
    assert len([a for a in page.all("th") if a.get("class") == "measure"]) == lines
    parity = next(t for t in content["tables"] if t["file"] == "breakfast_sample")
    assert parity["groups"][0]["rows"][0] | {"half": None} == {
        "measure": "MoF", "paper": "79.0", "ours": "79.4", "half": None, "difference": "+0.4",
        "verdict": "one video", "videos": 1,
    }  # fmt: skip


def test_the_comparisons_of_a_claim_are_shown(content, found):
    part = {"what": "ours - theirs", "effect": -1, "interval": [-1.5, -0.5], "verdict": "does not hold"}
    claim = found["claims"][0] | {"parts": [part]}
    shown = report.page(content | {"claims": [report._claim(claim, {})]})
    assert "<dt>Does not hold</dt><dd>ours - theirs: -1.0 [-1.5, -0.5]</dd>" in shown


def test_what_is_stored_is_escaped(content):
    shown = content | {"problems": ["<script>alert(1)</script>"]}
    assert "<script>alert(1)" not in report.page(shown)


def test_missing_figures_and_jinja2_cost_a_line(tmp_path, capsys, monkeypatch):
    assert report.main(["--out", str(tmp_path / "r.html"), "--figures", str(tmp_path)]) == 2
    assert "python -m reproduce.figures" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(SystemExit, match="pip install"):
        report.page({})


def test_the_page_is_the_same_each_time(content, text, tmp_path, capsys, monkeypatch):
    assert report.main(["--out", str(tmp_path / "r.html"), "--results", str(RESULTS)]) == 0
    assert (tmp_path / "r.html").read_text() == text
    capsys.readouterr()
    monkeypatch.setattr(report, "content", lambda *folders: content)
    assert report.main(["--smoke"]) == 0
    assert "MB" in capsys.readouterr().out


# --- in a browser ------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=[(1280, 900), (390, 844)], ids=["desktop", "phone"])
def opened(request, browser, text, tmp_path_factory):
    """The page, loaded once, which takes a second: each test leaves it as it was, but for what has focus."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(text)
    width, height = request.param
    tab = browser.new_page(viewport={"width": width, "height": height})
    tab.said, tab.asked = [], []
    tab.on("console", lambda message: tab.said.append(message.text))
    tab.on("pageerror", lambda error: tab.said.append(str(error)))
    tab.on("request", lambda asked: tab.asked.append(asked.url))
    tab.goto(path.as_uri())
    yield tab
    assert tab.said == []
    assert {url for url in tab.asked if not url.startswith("data:")} == {path.as_uri()}
    tab.close()


def test_the_first_tab_stop_skips_to_the_report(opened):
    assert opened.evaluate("document.activeElement === document.body")  # so this test is the first
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "skip"
    assert opened.evaluate("document.activeElement.getBoundingClientRect().left >= 0")
    opened.keyboard.press("Enter")
    assert opened.evaluate("document.activeElement.id") == "main"


def test_every_image_loads_and_the_page_does_not_scroll_sideways(opened):
    assert opened.evaluate("[...document.images].every(i => i.complete && i.naturalWidth > 0)")
    assert opened.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_filter_works_by_keyboard(opened, content):
    visible = "document.querySelectorAll('.claims > li:not([hidden])').length"
    every = opened.evaluate(visible)
    opened.focus("#filter input:checked")
    seen = set()
    for verdict in content["verdicts"]:
        opened.keyboard.press("ArrowRight")
        assert opened.evaluate("document.activeElement.value") == verdict["slug"]
        assert opened.evaluate(visible) == verdict["count"]
        assert opened.inner_text("#shown") == f"{verdict['count']} of {every} claims"
        seen.add(opened.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
    assert "none" not in seen
    opened.keyboard.press("ArrowRight")
    assert opened.evaluate(visible) == every


def test_in_print_everything_is_open(opened):
    opened.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert opened.evaluate("document.querySelectorAll('details:not([open])').length") == 0
    opened.evaluate("dispatchEvent(new Event('afterprint'))")
    assert opened.evaluate("document.querySelectorAll('details[open]').length") == 0


def test_text_stands_out_from_its_ground(opened):
    """WCAG AA: 4.5 to 1, of every colour of text against the page's white or washed ground."""
    pairs = opened.evaluate(
        """() => {
          const of = e => getComputedStyle(e);
          const ground = e => {
            for (; e; e = e.parentElement)
              if (of(e).backgroundColor !== 'rgba(0, 0, 0, 0)') return of(e).backgroundColor;
            return 'rgb(255, 255, 255)';
          };
          const said = e => [...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim());
          const written = [...document.querySelectorAll('body *')].filter(e => said(e) && e.offsetParent);
          return [...new Set(written.map(e => of(e).color + '|' + ground(e)))];
        }"""
    )

    def luminance(colour):
        parts = [int(x) / 255 for x in re.findall(r"\d+", colour)[:3]]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    assert pairs
    for pair in pairs:
        a, b = sorted(map(luminance, pair.split("|")), reverse=True)
        assert (a + 0.05) / (b + 0.05) >= 4.5, pair
