"""LaTeX read as text, and text written as LaTeX."""

import pytest
from bibliography_items import TEXT
from hypothesis import given, settings
from hypothesis import strategies as st

from scidex.atlas.bibliography.formats.latex import latex_of_text, text_of_latex


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            r"{\'E}tude \`a G\"odel, \v{S}\'\i x, \c c, {\aa}ngstr{\"{o}}m, na{\"\i}ve",
            "Étude à Gödel, Šíx, ç, ångström, naïve",
        ),
        (r"\v\c{c}", "\u00e7\u030c"),
        (r"{\o}stergaard \ss\ \L{}\'od\'z", "østergaard ß Łódź"),
        (r"50\% \& \$5 \#1 a\_b \{x\} \textasciitilde{} \textbackslash", "50% & $5 #1 a_b {x} ~ \\"),
        ("a -- b --- c ``d'' e~f", "a – b — c “d” e\u00a0f"),
        (r"$\alpha^{2}_3$ and $\beta$-amyloid", "α<sup>2</sup><sub>3</sub> and β-amyloid"),
        (r"{\em in vitro} \emph{a \textbf{b}} {\bf c \it d}", "<i>in vitro</i> <i>a <b>b</b></i> <b>c <i>d</i></b>"),
        (r"\unknown{x} y", r"\unknown{x} y"),
        (r"\unknown x", r"\unknown x"),
        ("a } b { c", "a } b  c".replace("  ", " ")),
    ],
)
def test_commands_are_read(source, text):
    assert text_of_latex(source) == text


@settings(deadline=None, max_examples=400)
@given(TEXT, st.booleans())
def test_no_text_raises_and_reading_is_stable(source, is_title):
    """Reading, writing and reading again gives what the first reading gave, unless CSL's own tags are in the source."""
    text = text_of_latex(source, is_title=is_title)
    again = text_of_latex(latex_of_text(text, is_title=is_title), is_title=is_title)
    if "<" not in source:
        assert text_of_latex(latex_of_text(again, is_title=is_title), is_title=is_title) == again


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=30))
def test_text_without_markup_comes_back_but_for_its_blanks(text):
    import unicodedata

    wanted = unicodedata.normalize("NFC", text.strip(" "))
    while "  " in wanted:
        wanted = wanted.replace("  ", " ")
    if "<" not in text:
        assert text_of_latex(latex_of_text(text)) == wanted


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "source",
    [
        "{" * 50_000 + "x" * 50_000 + "}" * 50_000,
        "\\'" * 100_000 + "x",
        "{" + "\\em a" * 50_000 + "}",
        "{\\foo" * 50_000,
        "<i>" * 50_000,
    ],
)
def test_nesting_costs_no_more_than_its_length(source):
    latex_of_text(text_of_latex(source, is_title=True), is_title=True)


def test_markup_within_markup_is_bounded_and_the_words_stay():
    text = text_of_latex("\\textit{a" * 1000 + "}" * 1000)
    assert text.count("<i>") <= 100
    assert text.count("a") == 1000
