"""Words that decide whether a name is meant as one: binding words, everyday words, and words that stand beside kinds of things.

Lists, not learned: each can be read and argued about. A change of one changes what texts mean, see decision 22.
"""

from __future__ import annotations

import re

from scidex.atlas.graph.categories import Category
from scidex.atlas.graph.names import key


def _words(*lines: str) -> frozenset[str]:
    return frozenset(" ".join(lines).split())


def _keys(*lines: str) -> frozenset[str]:
    return frozenset(map(key, _words(*lines)))


STOP = _words(
    "a an the of and or in on at to by for with from as is are was were be been it its this that these those not",
    "no than then",
    "we our they their which who whom whose will can may might must has have had do does did but if so such also",
    "into over",
    "under after before between both each other more most some any all only per via",
)
# English words that are also symbols of human genes. In capitals they may still be a shout, a trial or a heading.
ENGLISH = _words(
    "ace ache act ail aim air all ant ape apex arc arch art ask axe bad bag bar bark bat bid bin bite brick cad",
    "calm camp",
    "can cap card care cast cat cell chad chat chip clip clock clue coil cope core crisp cub cut dare den did",
    "dig dim dip dish",
    "dot echo end face fact fame fan far fast fat fate fez fig find fit flame flash flip fog for gab gap gas gem",
    "get go grasp",
    "had ham has hat heat helps her hit home hook hop hope ice icon impact jam jet kit lad lamp large last let",
    "lid light",
    "lime link lot mad maid map mars mask mass master masters mate max met mice mid mill mind mint mix motor mud",
    "net nod nodal",
    "not note nude numb oasis out pace pad palm pan pant past patch paw pax peak pen per phase pig pin pip plan",
    "pole port prep",
    "prom rage ram ran rap rare rat red rest rib ring rip rod run sag sand sat sea set shank sharp she shot sick",
    "side",
    "six ski slim smart smile soft son sos spin spot spring star step stop sun swap tag tank tap task tax the",
    "tie tip toe ton",
    "top touch trail trap treasure tub twist via wars was wasp wave west yes zip",
)
# Words that name no particular thing, though ontologies have them as roots.
GENERIC = _keys(
    "disease disorder syndrome cell gene protein mutation tissue organ process function role region structure",
    "system model",
    "trial patient people study group placebo treatment therapy therapeutics injection infusion transplantation",
    "source level",
    "product dose time data medium property development growth chemical drug molecule body patients animal",
    "animals death",
    "age sex male female men women child children blinding control human humans motor load point score effect",
    "review report",
    "safety quality association risk sample scale extension condition record artifact walking running memory fall tube",
    "week month year hand vein arm leg",
)
# Words that, near a symbol, leave no doubt that a gene or its product is meant.
OF_GENES = _words("gene protein mutation mutant mrna knockout knockdown allele encode transcript")
CONTEXT = {
    Category.GENE: _words(
        "gene protein mutation mutant variant allele expression express mrna transcript receptor inhibitor",
        "antibody level secrete",
        "secretion release cytokine knockout knockdown kinase encode overexpression polymorphism deficiency",
        "signaling pathway",
        "factor carrier loss-of-function promoter locus upregulate downregulate activate raise serum",
    ),
    Category.CELL: _words(
        "cell population culture differentiation progenitor transplant graft autologous allogeneic donor",
    ),
    Category.DISEASE: _words(
        "disease patient disorder syndrome diagnosis dementia onset progression people symptom treat therapy",
        "trial model risk",
        "case mild severe progressive",
    ),
    Category.PHENOTYPIC_FEATURE: _words(
        "adverse symptom sign event report mild severe transient harm side effect",
    ),
    Category.ANATOMICAL_ENTITY: _words(
        "tissue brain region cortex lesion organ derive into spinal",
    ),
    Category.CHEMICAL_ENTITY: _words(
        "drug dose mg inhibitor treat molecule compound antagonist agonist level",
    ),
    Category.TREATMENT: _words(
        "trial phase placebo infusion therapy treat product give arm",
    ),
    Category.CELLULAR_COMPONENT: _words(
        "cell membrane secrete release vesicle carry",
    ),
}

_ALL_CONTEXT = frozenset[str]().union(*CONTEXT.values())
_ENDINGS = re.compile(r"(?:ed|ing|es|s|ion|d)$")


def stem(word: str) -> str:
    """A rough stem, for the words of context only: "secreted" and "secretes" are "secrete" or "secret"."""
    bare = _ENDINGS.sub("", word)
    return f"{bare}e" if f"{bare}e" in _ALL_CONTEXT else bare
