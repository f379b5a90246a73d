"""What the front and the references of a JATS article say, as records."""

from bibliography_items import read, read_items, written

from scidex.atlas.bibliography.formats import Notice

ARTICLE = """<?xml version="1.0"?>
<article article-type="research-article" xml:lang="en" xmlns:xlink="http://www.w3.org/1999/xlink"><front>
<journal-meta><journal-title-group><journal-title>Journal of Tests</journal-title><abbrev-journal-title>J Tests</abbrev-journal-title></journal-title-group>
<issn>1234-5678</issn><publisher><publisher-name>House</publisher-name></publisher></journal-meta>
<article-meta><article-id pub-id-type="doi">10.1000/x</article-id><article-id pub-id-type="pmc">99</article-id><article-id pub-id-type="publisher-id">P1</article-id>
<article-categories><subj-group><subject>Research</subject></subj-group></article-categories>
<title-group><article-title>The <italic>TREM2</italic> gene<xref>*</xref></article-title></title-group>
<contrib-group><contrib contrib-type="author"><contrib-id contrib-id-type="orcid">https://orcid.org/0000-0001-2345-678X</contrib-id>
<name><surname>Smith</surname><given-names>Jo</given-names></name></contrib><contrib contrib-type="author"><collab>The Group</collab></contrib></contrib-group>
<pub-date pub-type="epub"><day>3</day><month>2</month><year>2019</year></pub-date><pub-date pub-type="collection"><year>2019</year></pub-date>
<volume>1</volume><fpage>12</fpage><lpage>20</lpage><history><date date-type="received"><day>1</day><month>1</month><year>2018</year></date></history>
<related-article related-article-type="retracted-article" ext-link-type="doi" xlink:href="10.1000/bad"/>
<related-object document-id="NCT01234567"/>
<abstract><sec><title>Background</title><p>One.</p></sec><sec><title>Methods</title><p>Two.</p></sec></abstract>
<kwd-group><kwd>microglia</kwd></kwd-group></article-meta></front>
<body><sec><p>The text, with a <italic>ref</italic>.</p></sec></body><back><ref-list>
<ref id="B1"><label>1</label><element-citation publication-type="journal"><person-group person-group-type="author"><name><surname>A</surname><given-names>B</given-names></name><etal/></person-group>
<article-title>T</article-title><source>S</source><year>2001</year><volume>2</volume><fpage>143</fpage><lpage>7</lpage><pub-id pub-id-type="pmid">123</pub-id></element-citation></ref>
<ref id="B2"><mixed-citation publication-type="book"><string-name><surname>C</surname>, <given-names>D</given-names></string-name> (<year>1999</year>) <source>The book</source>, <publisher-name>Press</publisher-name>.</mixed-citation></ref>
<ref id="B3"><mixed-citation>Doe J. Something. 2001. doi: 10.1000/abc.</mixed-citation></ref>
<ref id="B4"><element-citation publication-type="web"><article-title>a</article-title><ext-link ext-link-type="uri" xlink:href="https://example.org/">x</ext-link></element-citation><element-citation><source>b</source></element-citation></ref>
<ref id="B5"><note><p>No citation.</p></note></ref>
</ref-list></back></article>"""


def test_the_article_comes_first_and_then_each_reference_in_order():
    entries = read("jats", ARTICLE.encode())
    assert [each.item["custom"]["jats"]["role"] for each in entries[:-1]] == ["article"] + ["reference"] * 5
    assert [each.item["id"] for each in entries[:-1]] == ["doi:10.1000/x", "B1", "B2", "B3", "B4", "B4-2"]
    assert entries[-1].line == 1 + ARTICLE[: ARTICLE.index('<ref id="B5">')].count("\n")


def test_the_front_is_read_with_all_its_fields():
    entry = read("jats", ARTICLE.encode())[0]
    assert entry.item == {
        "id": "doi:10.1000/x",
        "type": "article-journal",
        "title": "The <i>TREM2</i> gene",
        "author": [{"family": "Smith", "given": "Jo"}, {"literal": "The Group"}],
        "container-title": "Journal of Tests",
        "container-title-short": "J Tests",
        "ISSN": "1234-5678",
        "publisher": "House",
        "DOI": "10.1000/x",
        "PMCID": "PMC99",
        "issued": {"date-parts": [[2019]]},
        "available-date": {"date-parts": [[2019, 2, 3]]},
        "submitted": {"date-parts": [[2018, 1, 1]]},
        "volume": "1",
        "page": "12-20",
        "language": "en",
        "abstract": "Background: One.\n\nMethods: Two.",
        "keyword": "microglia",
        "custom": {
            "jats": {
                "role": "article",
                "type": "research-article",
                "ids": {"publisher-id": "P1"},
                "subjects": ["Research"],
            },
            "orcid": {"0": "0000-0001-2345-678X"},
        },
    }
    assert entry.notices == (Notice("retraction-of", ("doi:10.1000/bad",), "", "10.1000/bad"),)
    assert entry.registrations == ("NCT01234567",)


def test_references_are_read_from_elements_and_their_words_are_kept():
    first, second, third, fourth, fifth = [each.item for each in read("jats", ARTICLE.encode())[1:-1]]
    assert (first["title"], first["container-title"], first["page"], first["PMID"]) == ("T", "S", "143-147", "123")
    assert first["author"] == [{"family": "A", "given": "B"}, {"literal": "others"}]
    assert (second["type"], second["title"], second["publisher"]) == ("book", "The book", "Press")
    assert second["custom"]["jats"]["citation"] == "C, D (1999) The book, Press."
    assert third["DOI"] == "10.1000/abc"
    assert third["custom"]["jats"]["citation"] == "Doe J. Something. 2001. doi: 10.1000/abc."
    assert (fourth["type"], fourth["URL"]) == ("webpage", "https://example.org/")
    assert fifth["title"] == "b"


def test_what_was_read_is_written_as_an_article_and_read_again():
    items = [each.item for each in read("jats", ARTICLE.encode())[:-1]]
    text = written("jats", items)
    assert text.count("<front>") == 1
    assert text.count("<ref ") == 5
    assert read_items("jats", text) == items


def test_references_alone_are_written_as_a_list():
    items = [each.item for each in read("jats", ARTICLE.encode())[1:-1]]
    text = written("jats", items)
    assert "<article" not in text.replace("<article-title", "")
    assert read_items("jats", text) == items
