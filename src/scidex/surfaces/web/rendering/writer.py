"""From parsed tokens to HTML. Everything a body's author wrote goes through `escape` on its way."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from scidex.surfaces.web.rendering.blocks import inline_text
from scidex.surfaces.web.rendering.citations import citation_html
from scidex.surfaces.web.rendering.claims import claim_html, without_marks
from scidex.surfaces.web.rendering.links import Reach, link_name, open_link, reach
from scidex.surfaces.web.rendering.values import Rendering


class BodyWriter(RendererHTML):
    """markdown-it's writer with SciDEX's links, citations, tables and origins. One method per token type.

    It keeps nothing between calls; what belongs to one call is in ``env["rendering"]``.
    """

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A link, with its hover card waiting behind it."""
        rendering: Rendering = env["rendering"]
        token = tokens[idx]
        href = str(token.attrs.get("href", ""))
        before, after = open_link(href, rendering, title=str(token.attrs.get("title", "")))
        rendering.open_links.append(after)
        if idx + 1 < len(tokens) and tokens[idx + 1].type == "link_close":
            return before + escape(link_name(href, rendering))
        return before

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The end of the link opened last."""
        rendering: Rendering = env["rendering"]
        return rendering.open_links.pop()

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A link to the image. Showing it would tell its host who reads this page. Inside a link only its text."""
        rendering: Rendering = env["rendering"]
        token = tokens[idx]
        source = str(token.attrs.get("src", ""))
        words = escape(inline_text(token).strip() or ("image" if reach(source) is Reach.NOWHERE else source) or "image")
        if rendering.open_links:
            return words
        before, after = open_link(source, rendering, title=str(token.attrs.get("title", "")), kind="link-image")
        return f"{before}{words}{after}"

    def citation(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A citation marker."""
        return citation_html(tokens[idx].meta["keys"], env["rendering"])

    def claim(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The verdict on the sentence before it."""
        return claim_html(tokens[idx].meta["number"], env["rendering"])

    def code_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Code in a line, as it was written."""
        return f"<code>{escape(without_marks(tokens[idx].content))}</code>"

    def origin(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The mark that leads from a block to the lines it was read from."""
        href, label = escape(str(tokens[idx].attrs["href"])), escape(tokens[idx].content)
        return f'<a class="origin" href="{href}" title="From {label}" aria-label="origin: {label}">¶</a>'

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A table in a box of its own that scrolls and that the keyboard can reach."""
        return '<div class="scroll" tabindex="0" role="region" aria-label="table"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """The end of a table and its box."""
        return "</table></div>\n"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Code, without the language class: its name would be the author's to choose."""
        return verbatim(tokens[idx].content)

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """Indented code."""
        return verbatim(tokens[idx].content)


def verbatim(text: str) -> str:
    """Text exactly as written, in a box that the keyboard can scroll."""
    return f'<pre class="scroll" tabindex="0"><code>{escape(without_marks(text))}</code></pre>\n'
