"""Which entities the bundled pages and the seed page name, labelled by hand, by the name as it is written there.

Names of this subject mean one thing on all of these pages, so that a label holds wherever the name stands. Entities that are
not in the bundled set are labelled too: missing them counts. Words of trials, statistics and everyday life are no entities.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from scidex.atlas.graph.names import key, tokens

LABELS = {
    # genes and their products
    "HGNC:11766": "TGF-beta|TGF-β",
    "HGNC:4893": "HGF",
    "HGNC:6059": "IDO",
    "HGNC:7873": "iNOS",
    "HGNC:5962": "IL-10",
    "HGNC:1033": "BDNF|brain-derived neurotrophic factor",
    "HGNC:7808": "NGF|beta-NGF",
    "HGNC:8023": "NT-3",
    "HGNC:4232": "GDNF",
    "HGNC:12680": "VEGF|VEGF-A",
    "HGNC:4274": "connexin-43",
    "HGNC:10618": "MCP-1|CCL2",
    "HGNC:10672": "CXCL12",
    "HGNC:14929": "SIRT1",
    "HGNC:2641": "CYP46A1",
    "HGNC:4848": "HCRTR1",
    "HGNC:4849": "HCRTR2",
    "HGNC:11120": "SMPD1|acid sphingomyelinase",
    "HGNC:29": "ABCA1",
    "HGNC:6547": "LDLR",
    "HGNC:11290": "SREBF2",
    "HGNC:16400": "NLRP3",
    "HGNC:14374": "NLRP1",
    "HGNC:5992": "IL1B|IL-1beta",
    "HGNC:5986": "IL-18",
    "HGNC:1499": "CASP1|caspase-1",
    "HGNC:16608": "PYCARD",
    "HGNC:11763": "TFRC",
    "HGNC:8539": "P2RY1",
    "HGNC:8537": "P2RX7",
    "HGNC:11936": "Fas ligand",
    "HGNC:6893": "tau",
    "HGNC:11571": "TDP-43",
    # cells
    "CL:0000134": "mesenchymal stem cell|mesenchymal stromal cell|mesenchymal stem/stromal cell|mesenchymal stem or stromal "
    "cell|MSC",
    "CL:0002540": "marrow stromal cell|bone marrow-derived MSC",
    "CL:0002569": "umbilical cord-derived MSC",
    "CL:0002570": "adipose-derived stem cell|adipose MSC|adipose cell",
    "CL:4030035": "dental pulp stem cell",
    "CL:0000084": "T cell",
    "CL:0000236": "B cell",
    "CL:0000623": "natural killer cell",
    "CL:0000451": "dendritic cell",
    "CL:0000738": "immune cell",
    "CL:0000576": "monocyte",
    "CL:0000540": "neuron",
    "CL:0000700": "dopaminergic neuron",
    "CL:0000127": "astrocyte",
    "CL:0000128": "oligodendrocyte",
    "CL:0000136": "fat cell",
    "CL:0000047": "neural stem cell",
    "CL:0011020": "neural progenitor",
    "MESH:D057026": "induced pluripotent cell",
    "scidex:multipotent-adult-progenitor-cell": "multipotent adult progenitor cell",
    "scidex:sh-sy5y": "SH-SY5Y",
    # parts of the body and of cells
    "UBERON:0002371": "bone marrow|marrow",
    "UBERON:0001013": "adipose tissue",
    "UBERON:0002331": "umbilical cord",
    "UBERON:0012168": "umbilical cord blood",
    "UBERON:0001754": "dental pulp",
    "UBERON:0000955": "brain",
    "UBERON:0002240": "spinal cord",
    "UBERON:0001017": "CNS",
    "UBERON:0001359": "spinal fluid",
    "UBERON:0000120": "blood-brain barrier",
    "UBERON:0002421": "hippocampus|hippocampi",
    "UBERON:0006093": "precuneus",
    "UBERON:0002728": "entorhinal cortex",
    "UBERON:0000178": "blood",
    "UBERON:0002048": "lung",
    "UBERON:0004821": "lung epithelium",
    "UBERON:0002211": "nerve root",
    "UBERON:0002360": "meninges",
    "UBERON:0004086": "ventricles",
    "UBERON:0000345": "myelin",
    "UBERON:0002418": "cartilage",
    "UBERON:0000004": "nose",
    "GO:0070062": "exosome",
    "GO:0005739": "mitochondria",
    "GO:0072559": "inflammasome",
    "scidex:tunnelling-nanotube": "tunnelling nanotube|tunneling nanotube",
    "MESH:D000089282": "secretome",
    "MESH:D017077": "conditioned medium|conditioned media",
    "MESH:D000090002": "adipose stromal vascular fraction",
    # diseases and signs
    "MONDO:0004975": "Alzheimer disease|Alzheimer's disease|AD",
    "MONDO:0005180": "Parkinson disease|Parkinson's disease",
    "MONDO:0004976": "amyotrophic lateral sclerosis|ALS",
    "MONDO:0005301": "multiple sclerosis|MS",
    "MONDO:0005098": "stroke",
    "MONDO:1060198": "ischaemic stroke",
    "MONDO:0007803": "multiple system atrophy",
    "MONDO:0019037": "progressive supranuclear palsy|PSP",
    "MONDO:0007739": "Huntington disease",
    "MONDO:0017276": "FTD",
    "MONDO:0022308": "CBD",
    "MONDO:0005559": "neurodegenerative disease",
    "MONDO:0043797": "spinal cord injury",
    "MONDO:0015304": "arachnoiditis",
    "MONDO:0005292": "colitis",
    "MONDO:0005089": "sarcoma",
    "MONDO:0005550": "infection",
    "MESH:D060825": "mild cognitive impairment",
    "MESH:D055370": "lung injury",
    "HP:0002180": "neurodegeneration",
    "HP:0001945": "fever",
    "HP:0025143": "chills",
    "HP:0002315": "headache",
    "HP:0002018": "nausea",
    "HP:0002013": "vomiting",
    "MESH:D004244": "dizziness",
    "HP:0031258": "delirium",
    "HP:0003418": "back pain",
    "HP:0012531": "pain",
    "scidex:root-pain": "root pain",
    "HP:0002354": "loss of memory",
    "HP:0012444": "brain volume loss",
    "HP:0002878": "respiratory failure",
    "HP:0002922": "raised protein in spinal fluid",
    "HP:0002910": "liver enzyme elevation",
    "MESH:D002869": "abnormal chromosomes",
    "scidex:small-ischaemic-brain-lesions-on-mri": "small ischaemic brain lesions|small ischaemic lesions",
    # processes
    "GO:0050776": "immunomodulation",
    "GO:0150076": "neuroinflammation",
    "GO:0006954": "inflammation",
    "GO:0038001": "paracrine signaling|paracrine signalling",
    "MESH:D000074586": "remyelination",
    "MESH:D000066829": "neuroprotection",
    "GO:0008219": "cell death",
    "scidex:intercellular-mitochondrial-transfer": "mitochondrial transfer",
    "scidex:neurotrophic-support": "neurotrophic support",
    # chemicals
    "CHEBI:15422": "ATP",
    "CHEBI:16113": "cholesterol",
    "CHEBI:64645": "amyloid beta|amyloid",
    "CHEBI:15551": "PGE2",
    "CHEBI:16412": "bacterial endotoxin",
    "CHEBI:28201": "rotenone",
    "CHEBI:8863": "riluzole",
    "CHEBI:63581": "stavudine",
    "MESH:D035683": "microRNA",
    "MESH:D016207": "cytokine",
    "MESH:D009414": "neurotrophic factor|neurotrophin",
    "scidex:growth-factor": "growth factor",
    # therapies, products, routes, trials
    "MESH:D045164": "mesenchymal stem cell therapy|MSC therapy|MSC-based therapy",
    "MESH:D033581": "stem cell therapy",
    "MESH:D064987": "cell therapy",
    "MESH:D015316": "gene therapy",
    "MESH:D012046": "rehabilitation",
    "MESH:D007262": "intravenous infusion",
    "MESH:D007278": "intrathecal injection",
    "MESH:D007273": "intramuscular injection",
    "MESH:D000281": "intranasal delivery",
    "MESH:D007261": "intra-arterial infusion",
    "MESH:D007276": "intracerebroventricular injection",
    "scidex:intracerebral-transplantation": "intracerebral transplantation",
    "scidex:neural-stem-cell-therapy": "neural stem cell therapy",
    "scidex:cell-replacement-therapy": "cell replacement therapy|cell replacement",
    "scidex:exosome-therapy": "exosome therapy",
    "scidex:msc-ntf-cells-nurown": "NurOwn|MSC-NTF|NurOwn (MSC-NTF)",
    "scidex:neuronata-r-lenzumestrocel": "Neuronata-R",
    "scidex:neurostem": "NEUROSTEM",
    "scidex:lomecel-b-laromestrocel": "Lomecel-B|laromestrocel",
    "scidex:multistem": "MultiStem",
    "scidex:sb623": "SB623",
    "scidex:msc-np": "MSC-NP|MSC-NP cell",
    "clinicaltrials:NCT04745299": "ALSUMMIT|NCT04745299",
    "clinicaltrials:NCT05233774": "CLEAR MIND|NCT05233774",
    "clinicaltrials:NCT00875654": "ISIS-HERMES",
    "clinicaltrials:NCT01716481": "STARTING-2",
    "clinicaltrials:NCT03280056": "NCT03280056",
    "UBERON:0002107": "liver",
    "HP:0002664": "tumour|tumor",
    "NCBITaxon:10090": "mouse|mice",
}
NAMES = {key(name): curie for curie, names in LABELS.items() for name in names.split("|")}
"""The entity by the key of its name."""

# What these names are within: the whole says something else or nothing that is an entity.
_WITHIN = {key(whole) for whole in ("orexin receptor", "liver enzymes", "MSC-derived", "SciDEX Exchange")}
_SKIPPED = re.compile(r"https?://\S+|<[^<>]*>|\]\([^()\s]*\)|\[@[^\[\]]*\]|`[^`\n]*`")
_LONGEST = 6


def prose(text: str) -> str:
    """A page's text without front matter, addresses, markup and citation keys, in the same length."""
    if text.startswith("---\n"):
        head = text.index("\n---\n", 4)
        text = " " * head + text[head:]
    return _SKIPPED.sub(lambda found: "".join("\n" if letter == "\n" else "\x00" for letter in found[0]), text)


def mentions(text: str) -> Iterator[tuple[int, int, str]]:
    """Each labelled name in a page: where it stands, and its entity. The longest name wins."""
    words = tokens(text)
    number = 0
    while number < len(words):
        for last in range(min(number + _LONGEST, len(words)) - 1, number - 1, -1):
            between = text[words[number].start : words[last].end]
            if re.search(r"[.;:()\[\]\x00]|\n\s*\n", between.replace("’s", "").replace("'s", "")):
                continue
            whole = key(between)
            if whole in _WITHIN or (whole in NAMES and not (len(whole) <= 3 and not between.rstrip("s").isupper())):
                if whole in NAMES and whole not in _WITHIN:
                    yield words[number].start, words[last].end, NAMES[whole]
                number = last
                break
        number += 1
