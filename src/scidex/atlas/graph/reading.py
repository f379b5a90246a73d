"""The entities that a text names: which stretches can be names, what they could mean, and what the rest of the text says.

Read `grounding.py` first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from scidex.atlas.graph import vocabulary
from scidex.atlas.graph.abbreviations import Definition, definitions
from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.curies import Curie
from scidex.atlas.graph.names import foreign, is_symbol, key, key_of_words, letters, symbol_keys, tokens
from scidex.atlas.graph.ports import Candidate, NameType, Ontology
from scidex.atlas.graph.scoring import THRESHOLD, Scored, decided
from scidex.kernel.errors import Invalid

LONGEST_TEXT = 2_000_000
"""The most characters that are read at once."""

_MOST_WORDS = 6
_WINDOW = 6
# Below this a match is not even worth a person's look.
_FLOOR = 380
_GENES = frozenset({Category.GENE, Category.PROTEIN})


@dataclass(frozen=True, slots=True)
class Grounding:
    """What a stretch of text means. `score` is in thousandths; `why` has the steps that led to it, in words.

    `chosen` is None if nothing is sure enough; `runner_up` is then the best guess after the first of `candidates`.
    """

    start: int
    end: int
    surface: str
    chosen: Candidate | None
    score: int
    runner_up: Candidate | None
    runner_up_score: int
    why: tuple[str, ...]
    candidates: tuple[Candidate, ...] = ()


def ground(text: str, ontology: Ontology, *, expected: Category | None = None) -> tuple[Grounding, ...]:
    """The entities that `text` names, in its order, without overlap. Raises Invalid if it is too long.

    `expected` is the kind of thing that is looked for; others are still found, with less.
    """
    if len(text) > LONGEST_TEXT:
        raise Invalid(
            f"A text of {len(text):,} characters is too long to ground.", cure="Ground it section by section."
        )
    return _Reading(text, ontology, expected).groundings()


# Parts of a text that are no prose: addresses, markup, the targets of links, citation keys.
_NO_PROSE = re.compile(
    r"https?://\S+|<[^<>]{0,2000}>|\]\([^()\s]{0,2000}\)|\[@[^\[\]]{0,500}\]|`[^`\n]{0,500}`|\b10\.\d{4,9}/\S+"
)
# What may stand between the words of one name.
_JOINT = re.compile(
    r"[ \t\u00a0\u2009\u202f]{0,3}\n?[ \t]{0,8}|[-‐‑‒–—/'’+]{1,2} ?|[.,](?! )|['’ʼ`´]s?[ \t\u00a0]{1,3}\n?[ \t]{0,8}"
)
_HYPHENS = frozenset("-‐‑‒–—/")
_HYPHEN = re.compile(r"[-‐‑‒–—/]?")


@dataclass(frozen=True, slots=True)
class _Span:
    """Tokens `first` to `last` of the text, and the stretch they stand in."""

    first: int
    last: int
    start: int
    end: int
    surface: str


class _Reading:
    """One text while it is grounded."""

    def __init__(self, text: str, ontology: Ontology, expected: Category | None) -> None:
        self.text = text
        self.ontology = ontology
        self.expected = expected
        self.prose = _NO_PROSE.sub(lambda found: _blank(found[0]), text)
        self.tokens = tokens(self.prose)
        self.folded = [key_of_words((token.text,)) for token in self.tokens]
        self.joints = [
            _JOINT.fullmatch(self.prose, one.end, other.start) is not None for one, other in pairwise(self.tokens)
        ]
        self.definitions = {key(one.short): one for one in reversed(definitions(self.prose))}
        self.known: dict[str, tuple[Candidate, ...]] = {}

    def groundings(self) -> tuple[Grounding, ...]:
        spans = self._spans()
        keys = [self._keys(span) for span in spans]
        self.known = self.ontology.keyed({one for several in keys for one in several})
        candidates = [self._fitting(span, several) for span, several in zip(spans, keys, strict=True)]
        named = self._sure(spans, candidates)
        found = self._longest(
            [
                (span, self._score(span, several, named))
                for span, several in zip(spans, candidates, strict=True)
                if several or self._defined(span)
            ]
        )
        found += self._masked(found)
        return tuple(sorted(found, key=lambda one: one.start))

    # Which stretches could be a name

    def _spans(self) -> list[_Span]:
        spans = []
        for first in range(len(self.tokens)):
            if self._empty(first):
                continue
            for last in range(first, min(first + _MOST_WORDS, len(self.tokens))):
                if last > first and not self.joints[last - 1]:
                    break
                if not self._empty(last) or last == first:
                    start, end = self.tokens[first].start, self.tokens[last].end
                    spans.append(_Span(first, last, start, end, self.text[start:end]))
        return spans

    def _empty(self, number: int) -> bool:
        """Whether no name begins or ends with this word: one that binds others, unless it is written as a symbol."""
        word = self.tokens[number].text
        if word.casefold() not in vocabulary.STOP:
            return False
        # The A of VEGF-A is no article, and WAS may be a gene.
        start = self.tokens[number].start
        return not (word.isupper() and (len(word) > 1 or self.text[max(0, start - 1) : start] in _HYPHENS))

    def _keys(self, span: _Span) -> tuple[str, ...]:
        plain = "".join(self.folded[span.first : span.last + 1])
        if len(plain) < 2 or plain.isdigit() or plain in vocabulary.GENERIC:
            return ()
        return (plain, *symbol_keys(plain))

    def _fitting(self, span: _Span, keys: tuple[str, ...]) -> list[Candidate]:
        found: dict[Curie, Candidate] = {}
        for one in keys:
            for candidate in self.known.get(one, ()):
                if self._fits(span, candidate):
                    found.setdefault(candidate.curie, candidate)
        return list(found.values())

    def _fits(self, span: _Span, candidate: Candidate) -> bool:
        """The hard rules: what a key forgets and a name may not."""
        written, meant = letters(span.surface), letters(candidate.matched)
        if self._run_together(span, candidate):
            return False
        if written == meant or _plural_of(written, meant):
            return True
        if candidate.category is Category.GENE and len(meant) <= 4 and meant.isalpha() and not _mixed(written):
            return False
        if not is_symbol(candidate.matched):
            # Words may be written in any case, but "ATP" in capitals is not a word that happens to have these letters.
            return len(meant) > 3 or written.casefold() == meant.casefold()
        if len(meant) <= 3 or meant.casefold() in vocabulary.ENGLISH:
            return False
        # "Nlrp3" and "apoE" are NLRP3 and APOE, but "impact" is not IMPACT: a digit or a capital inside has to say so.
        return any(letter.isdigit() for letter in written) or _mixed(written)

    def _run_together(self, span: _Span, candidate: Candidate) -> bool:
        """Whether words with a blank between them would make a name that has none there ("as p" is not ASP)."""
        if span.first == span.last or " " in candidate.matched.strip() or "-" in candidate.matched:
            return False
        for one, other in pairwise(self.tokens[span.first : span.last + 1]):
            both_letters = one.text[-1].isalpha() and other.text[0].isalpha()
            if both_letters and not _HYPHEN.fullmatch(self.text, one.end, other.start):
                return True
        return False

    # What the rest of the text says

    def _sure(self, spans: list[_Span], candidates: list[list[Candidate]]) -> frozenset[Curie]:
        """The entities that the text names with a long name."""
        named: set[Curie] = set()
        for span, several in zip(spans, candidates, strict=True):
            if len(letters(span.surface)) >= 8 or span.last > span.first:
                for candidate in several:
                    if not is_symbol(candidate.matched):
                        named.add(candidate.curie)
        return frozenset(named)

    def _around(self, span: _Span, window: int = _WINDOW) -> set[str]:
        """The folded words near a stretch, within its sentence."""
        words: set[str] = set()
        before, after = range(span.first - 1, span.first - 1 - window, -1), range(span.last + 1, span.last + 1 + window)
        for numbers in (before, after):
            edge = span.start if numbers.step < 0 else span.end
            for number in numbers:
                if not 0 <= number < len(self.tokens):
                    break
                token = self.tokens[number]
                between = self.prose[token.end : edge] if numbers.step < 0 else self.prose[edge : token.start]
                if _SENTENCE_END.search(between):
                    break
                words.add(self.folded[number])
                words.add(vocabulary.stem(self.folded[number]))
                edge = token.start if numbers.step < 0 else token.end
        return words

    def _defined(self, span: _Span) -> Definition | None:
        if not self.definitions:
            return None
        definition = self.definitions.get(key(span.surface))
        return definition if definition and _same_symbol(span.surface, definition.short) else None

    # Scores

    def _score(self, span: _Span, candidates: list[Candidate], named: frozenset[Curie]) -> Grounding | None:
        if definition := self._defined(span):
            return self._by_definition(span, definition, candidates)
        around = self._around(span)
        scored = sorted((self._scored(span, one, around, named) for one in candidates), key=Scored.rank)
        if not scored or scored[0].score < _FLOOR:
            return None
        best = scored[0]
        chosen, why = decided(scored)
        return _grounding(span, best.score, chosen, scored, why)

    def _scored(self, span: _Span, candidate: Candidate, around: set[str], named: frozenset[Curie]) -> Scored:
        score = Scored(candidate)
        score.nearness(span.surface)
        score.expectation(self.expected)
        gene = candidate.category in _GENES
        context = vocabulary.CONTEXT.get(Category.GENE if gene else candidate.category, frozenset()) & around
        if context:
            score.add(90, f"beside “{min(context)}”", supports=True)
        if is_symbol(candidate.matched):
            self._weigh_symbol(score, span, named=candidate.curie in named, gene=gene)
        elif " " not in candidate.matched and _loose(candidate):
            short = len(letters(span.surface)) <= 5
            score.add(-180 if short else -100, f"a {'short' if short else 'single'} word, and not its own name")
        return score

    def _weigh_symbol(self, score: Scored, span: _Span, *, named: bool, gene: bool) -> None:
        """What counts for symbols and abbreviations alone: most of them have several meanings."""
        candidate = score.candidate
        mine, meant = letters(span.surface), letters(candidate.matched)
        if named:
            score.add(140, "the text names it in full elsewhere", supports=True)
        if gene and _plural_of(mine, meant):
            score.add(-200, "genes have no plural")
        elif gene and mine != meant and mine[1:].islower():
            score.add(-80, "written as a gene of the mouse")
        if not gene and not named and _loose(candidate):
            score.add(-160, "an abbreviation that this text does not spell out")
        if gene and candidate.type is NameType.RELATED and len(meant) <= 4 and not named and not candidate.bundled:
            score.add(-100, "a short alias")
        if len(meant) <= 3:
            score.add(-90, "three letters or fewer mean many things")
            if not score.supported and not candidate.bundled:
                score.add(-120, "and nothing around it speaks for this one")
        if candidate.matched.casefold() in vocabulary.ENGLISH:
            plainly = named or (gene and bool(vocabulary.OF_GENES & self._around(span, 3)))
            score.add(-60 if plainly else -320, "also an English word")

    def _by_definition(self, span: _Span, definition: Definition, candidates: list[Candidate]) -> Grounding:
        """What the text itself says that an abbreviation means beats everything else."""
        remark = f"defined in this text as “{definition.long}”"
        meant = self._long_form(definition)
        scored = [Scored(one) for one in candidates]
        if meant is None:
            why = (f"{remark}, which names nothing that is known here: left open",)
            return _grounding(span, 0, None, scored, why)
        return Grounding(span.start, span.end, span.surface, meant, 1000, None, 0, (remark,), (meant,))

    def _long_form(self, definition: Definition) -> Candidate | None:
        long = definition.long
        found = [one for several in self.ontology.keyed({key(long)}).values() for one in several]
        scored = []
        for candidate in found:
            score = Scored(candidate)
            score.nearness(long)
            score.expectation(self.expected)
            if candidate.curie in {one.curie for one in self.known.get(key(definition.short), ())}:
                score.add(100, "the abbreviation is among its names")
            scored.append(score)
        scored.sort(key=Scored.rank)
        return decided(scored)[0] if scored else None

    # The longest wins

    def _longest(self, scored: list[tuple[_Span, Grounding | None]]) -> list[Grounding]:
        taken = [False] * len(self.tokens)
        found: list[Grounding] = []
        held = [(span, one) for span, one in scored if one is not None]
        # What is too weak to be chosen gives way to what stands inside it; at one length the decided come before the open.
        held.sort(
            key=lambda pair: (_weak(pair[1]), pair[0].first - pair[0].last, pair[1].chosen is None, pair[0].first)
        )
        for span, one in held:
            numbers = range(span.first, span.last + 1)
            if not any(taken[number] for number in numbers):
                found.append(one)
                for number in numbers:
                    taken[number] = True
        return found

    # Letters that only look Latin

    def _masked(self, found: list[Grounding]) -> list[Grounding]:
        """Words with letters of another script that would be a name if those were Latin: shown, and never chosen."""
        suspects = [(token, latin) for token in self.tokens if (latin := foreign(token.text))]
        if not suspects:
            return []
        known = self.ontology.keyed({key(latin) for _, latin in suspects})
        taken = {position for one in found for position in range(one.start, one.end)}
        made = []
        for token, latin in suspects:
            candidates = known.get(key(latin), ())
            if candidates and token.start not in taken:
                why = (f"looks like “{latin}” but holds letters of another script: left open",)
                made.append(
                    Grounding(token.start, token.end, token.text, None, 0, candidates[0], 0, why, tuple(candidates))
                )
        return made


_SENTENCE_END = re.compile(r"[.;!?]\s|\n\s*\n|\n[-*#|]")


def _grounding(
    span: _Span, score: int, chosen: Candidate | None, scored: Sequence[Scored], why: tuple[str, ...]
) -> Grounding:
    second = scored[1] if len(scored) > 1 else None
    return Grounding(
        span.start,
        span.end,
        span.surface,
        chosen,
        score,
        second.candidate if second else None,
        second.score if second else 0,
        why,
        tuple(one.candidate for one in scored),
    )


def _blank(text: str) -> str:
    """As long as `text`, without a word. A line stays a line; a link's target ends a name."""
    return "".join("\n" if letter == "\n" else "\x00" for letter in text)


def _mixed(written: str) -> bool:
    """Whether it has a capital that no rule of spelling asks for."""
    return any(letter.isupper() for letter in written[1:])


def _weak(one: Grounding) -> bool:
    return one.chosen is None and 0 < one.score < THRESHOLD


def _loose(candidate: Candidate) -> bool:
    return candidate.type is not NameType.PRIMARY and not candidate.bundled


def _plural_of(written: str, meant: str) -> bool:
    return written == f"{meant}s"


def _same_symbol(written: str, short: str) -> bool:
    one, other = letters(written), letters(short)
    return one == other or _plural_of(one, other) or _plural_of(other, one)
