"""The words that the rules of suggestion know: directions, outcomes, negations, hedges, and names for one thing.

Small on purpose, and readable: whoever wonders about a suggestion finds the word that caused it here. All words are
compared by their stems.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SUFFIX = re.compile(r"(?<=...)(?:(?:i[sz])?ations?|ating|ate[ds]?|ings?|edly|ed|ies|es|ly|s|e)$")
LONGEST_WORD = 60


class Token(NamedTuple):
    """A word of a text: its stem, and where it stands."""

    stem: str
    word: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """The words of `text`."""
    return [
        Token(stem(match.group()[:LONGEST_WORD]), match.group()[:LONGEST_WORD].lower(), match.start(), match.end())
        for match in _TOKEN.finditer(text)
    ]


def stem(word: str) -> str:
    """The part of an English word that its forms share, roughly: nothing here depends on its being a word.

    >>> {stem("reduces"), stem("reduced"), stem("reducing")}
    {'reduc'}
    """
    word = _SUFFIX.sub("", word.lower().replace("’", "'").removesuffix("'s"))
    return word[:-1] + "i" if word.endswith("y") and len(word) > 3 else word


def _stems(words: str) -> frozenset[str]:
    return frozenset(map(stem, words.split()))


UP = _stems(
    "increase raise rise rose risen elevate enlarge enhance upregulate grow grew more higher greater larger gain promote boost"
    " augment stimulate activate strengthen up induce release secrete produce accelerate speed sped"
)
DOWN = _stems(
    "reduce decrease lower fall fell fallen cut less fewer smaller diminish decline drop suppress inhibit attenuate downregulate"
    " limit lessen remove clear block weaken down halve slow delay shrink shrank"
)
BETTER = _stems(
    "improve benefit ameliorate rescue restore protect alleviate recover help spare preserve normalise normalize better repair"
    " mitigate effective efficacious regain remyelinate favour favours favor"
)
WORSE = _stems("worsen worse harm impair deteriorate aggravate exacerbate detrimental damage injure toxic")

GOOD = _stems(
    "memory cognition cognitive learning survival lifespan life function recovery clearance remyelination myelination myelin"
    " neurogenesis viability regeneration repair independence mobility strength motor neuroprotection performance"
)
"""Outcomes that one wants more of."""
BAD = _stems(
    "amyloid abeta plaque tau phosphorylation tangle inflammation neuroinflammation inflammatory apoptosis death degeneration"
    " neurodegeneration atrophy lesion disability progression decline deficit relapse mortality pathology oedema edema infarct"
    " toxicity loss symptom severity burden aggregate aggregation stress injury impairment pain fever risk dysfunction"
)
"""Outcomes that one wants less of."""
HARM = _stems("adverse fever tumour tumor neoplasm headache infection toxicity complication harm seizure embolism")
"""What a claim about harm is about: its outcome is bad, and it says that there is more of it."""
THERAPY = _stems(
    "therapy treat treatment reactivate modulate modulator modulators prevention control therapeutic intervention drug"
    " overexpression supplementation inhibitor agonist antagonist entrainment shuttle vaccine transplantation infusion"
)
"""What makes a claim one about an intervention that is meant to do good."""

ACTIVATING = _stems(
    "reactivate activate overexpression agonist boost enhance upregulate supplementation restore raise increase"
)
REMOVING = _stems(
    "inhibit inhibitor antagonist antagonism block blockade prevention suppress knockdown silence deplete reduce lower"
)
ABSENT = _stems(
    "deficient deficiency knockout knockdown lacking lack null deletion deleted haploinsufficient depletion depleted"
)
"""Words that say a thing was taken away from an animal or cell, when they come before what happened."""

NEGATIONS = frozenset(
    [
        "no",
        "not",
        "none",
        "never",
        "neither",
        "nor",
        "without",
        "cannot",
        "didn't",
        "doesn't",
        "wasn't",
        "weren't",
        "isn't",
        "aren't",
        "couldn't",
        "failed",
        "fails",
        "fail",
        "lacked",
        "unable",
        "little",
        "unchanged",
        "absent",
        "absence",
    ]
)
HEDGES = _stems(
    "may might could possibly perhaps potential potentially suggest suggestive hypothesise hypothesize propose speculate"
    " unclear unproven unsettled uncertain unknown theoretical appear seem maybe likely presumably plausible idea disputed"
    " unconfirmed"
)
AIMS = re.compile(
    r"\?|\b(?:we (?:aim|aimed|sought|hypothesi[sz]ed|investigated|examined|tested|assessed|evaluated|plan)"
    r"|to (?:determine|investigate|assess|evaluate|examine|test|see|find out|explore) (?:whether|if|the|how)"
    r"|(?:aim|purpose|objective|goal)s? (?:of|was|is|were)"
    r"|protocol (?:only|for)|(?:is|are) planned|planned\)"
    r"|will be (?:randomi[sz]ed|recruited|enrolled|measured|assessed)|remains to be"
    r"|(?:were|was) (?:randomi[sz]ed to|recruited|enrolled|measured (?:by|with|using)))\b",
    re.IGNORECASE,
)
"""Sentences that ask, or say what was or will be done, and not what was found."""
REVIEWS = re.compile(
    r"^\W*(?:(?:large |short |narrative |this )?reviews?\b|(?:lists?|links|summari[sz]es|discusses|describes|states) )"
    r"|\b(?:review of|boilerplate|(?:are|is) scarce)\b",
    re.IGNORECASE,
)
"""Sentences about what others wrote."""
NULL = re.compile(
    r"\b(?:(?:did|do|does|was|were|is|are|has|have) not (?:significantly |statistically |clearly |consistently |markedly )?"
    r"(?:differ|different|reduced?|improved?|increased?|decreased?|slow|change[ds]?|alter|affect|benefit|prevent|lower"
    r"|raise|show|superior|effective|significant)"
    r"|not (?:statistically )?significant(?:ly)?"
    r"|no (?:statistically |clear |overall |clinical |cognitive |global |major |further |such |robust |significant "
    r"|detectable |measurable |meaningful |or |and |long-term |change-score |between-group ){0,4}"
    r"(?:differences?|benefits?|effects?|improvements?|changes?|excess|association|correlation|reductions?|increases?"
    r"|rise|evidence of (?:benefit|an? effect)|advantage)"
    r"|non-?significant(?:ly)?|without (?:significant |any )?(?:benefit|effect|improvement|difference|change)"
    r"|similar (?:to|in|between|rates?)|comparable (?:to|between|in)|unchanged"
    r"|not (?:reduced|improved|superior|different|increased)"
    r"|fail(?:ed|s)? to (?:show|meet|reach|improve|reduce|slow|demonstrate|replicate)|ineffective|inefficacious)\b",
    re.IGNORECASE,
)
"""Results that were looked for and not found."""
PRIMARY = re.compile(
    r"\b(?:primary (?:and secondary )?(?:end-?points?|outcomes?)?\s?"
    r"(?:was |were |is |are |and secondary |end-?points? ){0,2}not (?:met|reached|achieved|attained)"
    r"|(?:did not|failed to|fails to) (?:meet|reach|achieve) (?:its |the |their |any |either )?(?:co-)?(?:primary|main)"
    r"|missed (?:its |the |their )?(?:co-)?(?:primary|main) (?:end-?point|outcome)s?)\b",
    re.IGNORECASE,
)
"""A primary end point that was not met decides what a trial shows, whatever else it found."""
CLAUSES = re.compile(
    r"(?<=[.;:!?])\s+|,?\s\b(?:but|however|although|though|whereas|while|yet|despite)\b|,\s(?=and (?:no|not)\b)",
    re.IGNORECASE,
)

_THINGS = (
    "msc mscs mesenchymal stromal",
    "immune immunomodulatory immunomodulation cytokine",
    "inflammasome nlrp3 caspase pycard asc casp1 il1b",
    "cholesterol apoe abca1 ldlr lxr statin atorvastatin srebf2 srebp2 acat oxysterol cyp46a1 hydroxycholesterol",
    "sphingomyelinase smpd1 asm ceramide sphingomyelin",
    "sirt1 sirtuin resveratrol nad caloric calorie",
    "orexin hypocretin hcrtr1 hcrtr2 suvorexant lemborexant sleep circadian glymphatic",
    "purinergic p2x7 p2rx7 p2y1 p2ry1 atp",
    "microbial microbiome microbiota gut bacteria",
    "tfr tfrc transferrin shuttle",
    "spm resolvin maresin lipoxin",
    "neurotrophic bdnf gdnf ngf trophic",
    "exosome exosomes vesicle vesicles secretome conditioned",
    "mitochondria mitochondrial mitochondrion",
    "myelin remyelination myelination oligodendrocyte demyelination",
)
"""Means and mechanisms: a passage about others than a claim's is about something else."""
_ASPECTS = (
    "als amyotrophic",
    "alzheimer ad",
    "parkinson pd dopaminergic",
    "huntington hd",
    "amyloid abeta aβ plaque plaques",
    "memory cognition cognitive learning",
    "inflammation inflammatory neuroinflammation",
    "stroke ischaemic ischemic infarct",
    "tumour tumor cancer neoplasm malignancy",
    "intrathecal lumbar csf",
    "intravenous infusion iv",
    "safety safe adverse tolerability",
    "motor movement gait",
    "marrow haematopoietic hematopoietic",
    "cord umbilical wharton",
    "adipose fat",
    "graft transplant transplantation grafted",
)
"""Diseases, outcomes and circumstances: they are shared by passages about different things."""
SAME = {stem(word): stem(group.split()[0]) for group in (*_THINGS, *_ASPECTS) for word in group.split()}
"""Names for one thing, or for parts of one subject: each word's stem and the one that stands for the group."""

THINGS = frozenset(stem(group.split()[0]) for group in _THINGS)

COMMON = _stems(
    "the a an of in on for to and or by with from at is are was were be been has have had it its this that these those"
    " than then as can more less not no may also into after before over under during between within per about other each"
    " all any both such their there which who study studies patient patients result results show shows shown effect"
    " effects group groups data finding found human humans using used use via level levels high low new first two three"
    " one significant significantly model models cell cells disease brain therapy treatment clinical target targeted"
    " approach early key does did do will would but so if when where only same most some few week weeks month months year"
    " years number page source section seen claim given gave mice mouse animal trial trials lower higher raised reduced"
    " increased improved improves improve"
)
"""Words that do not tell what a text is about."""


def subjects(text: str) -> frozenset[str]:
    """What a text is about: the stems of its telling words, each group of names for one thing as one."""
    found = tokens(text)
    named = {SAME.get(each.stem, each.stem) for each in found if each.stem not in COMMON and len(each.stem) > 1}
    if any(one.stem == "multipl" and other.stem == "sclerosi" for one, other in pairwise(found)):
        named.add("ms")
    return frozenset(each for each in named if not each.isdigit())
