"""What PubMed XML says, as records, notices and registrations."""

import subprocess
import sys
import textwrap

import pytest
from bibliography_items import read, read_items, written

from scidex.atlas.bibliography.formats import Notice
from scidex.atlas.bibliography.formats.dates import worded, worded_date
from scidex.atlas.bibliography.formats.pages import whole_pages

ARTICLE = """<?xml version="1.0"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2019//EN" "https://example.org/pubmed.dtd">
<PubmedArticleSet>
<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">11</PMID>
<Article><Journal><ISSN>1234-5678</ISSN><JournalIssue><Volume>3</Volume><Issue>2</Issue><PubDate><MedlineDate>2006 Jan-Feb</MedlineDate></PubDate></JournalIssue>
<Title>Journal of Tests</Title><ISOAbbreviation>J Tests</ISOAbbreviation></Journal>
<ArticleTitle>The <i>TREM2</i> gene and Ca<sup>2+</sup>: p &lt; 0.05.</ArticleTitle>
<Pagination><MedlinePgn>143-7</MedlinePgn></Pagination><ELocationID EIdType="doi" ValidYN="Y">10.1000/abc</ELocationID>
<ELocationID EIdType="pii" ValidYN="Y">S0001</ELocationID>
<Abstract><AbstractText Label="BACKGROUND">One <b>two</b>.</AbstractText><AbstractText Label="METHODS">Three.</AbstractText></Abstract>
<AuthorList CompleteYN="N"><Author><LastName>de Souza</LastName><ForeName>Ana</ForeName><Initials>A</Initials><Suffix>Jr</Suffix>
<Identifier Source="ORCID">http://orcid.org/000000012345678X</Identifier></Author><Author><CollectiveName>The Group</CollectiveName></Author></AuthorList>
<Language>eng</Language><Language>fre</Language>
<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList><AccessionNumber>NCT01234567</AccessionNumber>
<AccessionNumber>NCT01234567</AccessionNumber></AccessionNumberList></DataBank>
<DataBank><DataBankName>GENBANK</DataBankName><AccessionNumberList><AccessionNumber>NCT00000000</AccessionNumber></AccessionNumberList></DataBank></DataBankList>
<PublicationTypeList><PublicationType>Journal Article</PublicationType><PublicationType>Clinical Trial, Phase II</PublicationType>
<PublicationType>Retracted Publication</PublicationType></PublicationTypeList>
<VernacularTitle>Le gène.</VernacularTitle>
<ArticleDate><Year>2005</Year><Month>12</Month><Day>30</Day></ArticleDate></Article>
<CommentsCorrectionsList>
<CommentsCorrections RefType="RetractionIn"><RefSource>Lancet. 2010 Feb 6;375:445. doi: 10.1016/S0140-6736(10)60175-4.</RefSource><PMID>22</PMID></CommentsCorrections>
<CommentsCorrections RefType="ErratumIn"><RefSource>J Tests. 2007 Mar;4(1):9</RefSource></CommentsCorrections>
<CommentsCorrections RefType="CommentIn"><RefSource>J Tests. 2007</RefSource></CommentsCorrections></CommentsCorrectionsList>
<MeshHeadingList><MeshHeading><DescriptorName UI="D001" MajorTopicYN="N">Brain</DescriptorName><QualifierName UI="Q1" MajorTopicYN="Y">metabolism</QualifierName></MeshHeading></MeshHeadingList>
<KeywordList><Keyword>microglia</Keyword><Keyword><i>TREM2</i></Keyword></KeywordList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">11</ArticleId><ArticleId IdType="pmc">PMC99</ArticleId></ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1000/other</ArticleId></ArticleIdList></Reference></ReferenceList></PubmedData></PubmedArticle>
<PubmedBookArticle><BookDocument><PMID>33</PMID><ArticleIdList><ArticleId IdType="bookaccession">NBK1</ArticleId></ArticleIdList>
<Book><Publisher><PublisherName>House</PublisherName><PublisherLocation>Town</PublisherLocation></Publisher><BookTitle>The Book</BookTitle>
<PubDate><Year>2001</Year></PubDate><AuthorList Type="editors"><Author><LastName>Ed</LastName><ForeName>I</ForeName></Author></AuthorList><Isbn>9780306406157</Isbn></Book>
<ArticleTitle>The Chapter</ArticleTitle><AuthorList Type="authors"><Author><LastName>Au</LastName></Author></AuthorList></BookDocument></PubmedBookArticle>
</PubmedArticleSet>"""


def test_an_article_is_read_with_all_its_fields():
    article = read("pubmed", ARTICLE.encode())[0].item
    kept = article.pop("custom")
    assert article == {
        "id": "pmid:11",
        "type": "article-journal",
        "PMID": "11",
        "PMCID": "PMC99",
        "DOI": "10.1000/abc",
        "title": "The <i>TREM2</i> gene and Ca<sup>2+</sup>: p < 0.05",
        "original-title": "Le gène",
        "author": [
            {"family": "de Souza", "given": "Ana", "suffix": "Jr"},
            {"literal": "The Group"},
            {"literal": "others"},
        ],
        "container-title": "Journal of Tests",
        "container-title-short": "J Tests",
        "ISSN": "1234-5678",
        "volume": "3",
        "issue": "2",
        "page": "143-147",
        "issued": {"date-parts": [[2006, 1], [2006, 2]]},
        "available-date": {"date-parts": [[2005, 12, 30]]},
        "language": "eng, fre",
        "abstract": "BACKGROUND: One <b>two</b>.\n\nMETHODS: Three.",
        "keyword": "microglia; <i>TREM2</i>",
    }
    assert kept["orcid"] == {"0": "0000-0001-2345-678X"}
    assert kept["pubmed"]["publication-types"] == [
        "Journal Article",
        "Clinical Trial, Phase II",
        "Retracted Publication",
    ]
    assert kept["pubmed"]["pii"] == "S0001"
    assert kept["pubmed"]["mesh"] == [
        {"term": "Brain", "id": "D001", "qualifiers": [{"term": "metabolism", "id": "Q1", "major": True}]}
    ]


def test_what_was_published_against_a_work_is_given_with_its_identifiers_and_date():
    notices = read("pubmed", ARTICLE.encode())[0].notices
    assert [(each.type, each.identifiers, each.date) for each in notices] == [
        ("retraction", ("pmid:22", "doi:10.1016/s0140-6736(10)60175-4"), "2010-02-06"),
        ("correction", (), "2007-03"),
    ]


@pytest.mark.parametrize(
    ("name", "kind"), [("Retracted Publication", "retraction"), ("Published Erratum", "correction-of")]
)
def test_a_publication_type_alone_is_a_notice_too(name, kind):
    text = written("pubmed", [{"type": "article-journal", "custom": {"pubmed": {"publication-types": [name]}}}])
    [entry] = read("pubmed", text.encode())
    assert entry.notices == (Notice(kind, (), "", f"PubMed's publication type is “{name}”."),)


def test_trial_registrations_are_those_of_clinicaltrials_gov_each_once():
    assert read("pubmed", ARTICLE.encode())[0].registrations == ("NCT01234567",)


def test_a_chapter_of_a_book_is_read_as_one():
    chapter = read("pubmed", ARTICLE.encode())[1].item
    assert (chapter["type"], chapter["title"], chapter["container-title"]) == ("chapter", "The Chapter", "The Book")
    assert (chapter["author"], chapter["editor"]) == ([{"family": "Au"}], [{"family": "Ed", "given": "I"}])
    assert chapter["ISBN"] == "9780306406157"


def test_what_was_read_is_written_in_pubmeds_own_elements_with_nothing_carried():
    entries = read("pubmed", ARTICLE.encode())
    text = written("pubmed", [each.item for each in entries])
    assert "scidex-csl" not in text
    assert read_items("pubmed", text) == [each.item for each in entries]
    assert [each.notices for each in read("pubmed", text.encode())] == [each.notices for each in entries]
    assert [each.registrations for each in read("pubmed", text.encode())] == [each.registrations for each in entries]


def test_the_abstract_is_given_in_plain_words_and_the_line_is_where_the_record_begins():
    first, second = read("pubmed", ARTICLE.encode())
    assert first.text == "BACKGROUND: One two. METHODS: Three."
    assert (first.line, second.line) == (4, 1 + ARTICLE[: ARTICLE.index("<PubmedBookArticle>")].count("\n"))


def test_a_type_of_ours_is_not_written_as_a_finding_of_pubmed():
    text = written("pubmed", [{"type": "speech", "title": "T"}])
    assert "<PublicationType " not in text
    assert "Status=" not in text


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2006 Jan-Feb", {"date-parts": [[2006, 1], [2006, 2]]}),
        ("1998 Dec-1999 Jan", {"date-parts": [[1998, 12], [1999, 1]]}),
        ("2019 Mar 4-7", {"date-parts": [[2019, 3, 4], [2019, 3, 7]]}),
        ("2019 Mar 30-Apr 2", {"date-parts": [[2019, 3, 30], [2019, 4, 2]]}),
        ("2006 Spring", {"date-parts": [[2006]], "season": "1"}),
        ("2000-2001", {"date-parts": [[2000], [2001]]}),
        ("1999 Fall-Winter", {"date-parts": [[1999]], "literal": "1999 Fall-Winter"}),
        ("undated", {"literal": "undated"}),
    ],
)
def test_dates_in_words_are_read_and_written(text, date):
    assert worded_date(text) == date
    assert worded(date) == text


@pytest.mark.parametrize(
    ("short", "whole"),
    [
        ("143-7", "143-147"),
        ("1012-28", "1012-1028"),
        ("S12-5", "S12-S15"),
        ("99-101", "99-101"),
        ("143–7", "143-147"),
        ("e12", "e12"),
        ("1-3, 7-9", "1-3, 7-9"),
    ],
)
def test_page_ranges_are_written_out(short, whole):
    assert whole_pages(short) == whole
    assert whole_pages(whole) == whole


MEMORY = """
    import tracemalloc
    from scidex.atlas.bibliography.formats import FORMATS
    record = (
        "<PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>" + "title " * 30 + "</ArticleTitle><Abstract><AbstractText>"
        + "word " * 300 + "</AbstractText></Abstract></Article></MedlineCitation></PubmedArticle>\\n"
    ).encode()
    def file(count):
        yield b"<PubmedArticleSet>"
        for _ in range(count):
            yield record
        yield b"</PubmedArticleSet>"
    def peak(count):
        tracemalloc.start()
        assert sum(1 for _ in FORMATS["pubmed"].read(file(count))) == count
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top
    peak(50)
    small, large = peak(300), peak(3000)
    assert large < small * 1.2 + 50_000, (small, large)
    assert large < 5_000_000, large
"""


def test_memory_does_not_grow_with_the_number_of_records():
    subprocess.run([sys.executable, "-c", textwrap.dedent(MEMORY)], check=True)
