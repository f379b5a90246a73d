"""A file comes out of a form as it went in, under a name that leads nowhere."""

from __future__ import annotations

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from scidex.kernel.errors import Invalid
from scidex.surfaces.api.uploads import LONGEST_NAME, file_name, uploaded

BOUNDARY = "----7d1f0c"


def form(*parts: tuple[str, bytes], boundary: str = BOUNDARY) -> bytes:
    made = b"".join(f"--{boundary}\r\n{header}\r\n\r\n".encode() + content + b"\r\n" for header, content in parts)
    return made + f"--{boundary}--\r\n".encode()


def part(name: str) -> str:
    return f'Content-Disposition: form-data; name="file"; filename="{name}"'


def read(data: bytes, **more: str):
    return uploaded(data, content_type=f"multipart/form-data; boundary={BOUNDARY}", **more)


@given(st.binary(max_size=300))
@example(b"\r\n--" + BOUNDARY.encode()[:-1])
@example(b"\r\n\r\n--\r\r\n-")
@example(b"")
def test_a_file_keeps_every_byte(content):
    if f"\r\n--{BOUNDARY}".encode() in b"\r\n" + content:
        return
    assert read(form((part("a.md"), content))).data == content


@given(st.binary(max_size=300), st.text("abc é.–", min_size=1, max_size=10))
def test_what_a_client_sends_is_what_is_read(content, name):
    name = f"x{name}.md"
    request = httpx.Request("POST", "http://x/", files={"file": (name, content)}, data={"other": "1"})
    upload = uploaded(request.read(), content_type=request.headers["content-type"])
    assert (upload.data, upload.name) == (content, name)


@given(st.text(max_size=400))
@example("../../etc/passwd")
@example("..\\..\\windows\\win.ini")
@example("a.md\r\nX-Evil: 1")
@example("\u202egpj.md")
@example("...")
@example("x" * 500 + ".markdown")
def test_a_name_is_only_a_name(given_name):
    try:
        name = file_name(given_name)
    except Invalid:
        return
    assert 0 < len(name) <= LONGEST_NAME
    assert name.isprintable()
    assert not set(name) & set("/\\\0\r\n")
    assert name not in (".", "..")
    assert file_name(name) == name


def test_a_long_name_keeps_its_suffix():
    assert file_name("x" * 500 + ".markdown").endswith("x.markdown")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nothing",
        form(),
        form(('Content-Disposition: form-data; name="file"', b"no file")),
        form((part("a.md"), b"1"), (part("b.md"), b"2")),
        form((part(""), b"nameless")),
        form((part("a.md"), b"cut"))[:-8],
        form((part("a.md"), b"1"), boundary="other"),
        form(("X: " + "y" * 100_000, b"long")),
        form(("\r\n".join(f"X{number}: y" for number in range(1000)), b"many")),
    ],
)
def test_what_is_no_upload_of_one_file_is_refused(data):
    with pytest.raises(Invalid):
        read(data)


@pytest.mark.parametrize(
    "content_type",
    ["multipart/form-data", "multipart/form-data; boundary=", f"multipart/form-data; boundary={'x' * 5000}"],
)
def test_an_upload_without_a_fit_boundary_is_refused(content_type):
    with pytest.raises(Invalid):
        uploaded(form((part("a.md"), b"1")), content_type=content_type)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "content",
    [b"\r" * 5_000_000, b"\r\n" * 2_500_000, b"\r\n--" * 1_250_000, f"\r\n--{BOUNDARY[:-1]}".encode() * 350_000],
    ids=["returns", "line ends", "dashes", "almost boundaries"],
)
def test_five_megabytes_made_to_be_slow_are_not(content):
    assert len(read(form((part("a.md"), content))).data) == len(content)
