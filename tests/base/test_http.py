"""The second door out: which addresses it refuses, and that no other side can hold it, fill it or lead it elsewhere."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purveyor.base import http
from purveyor.base.http import LARGEST, AddressRefused, Unanswered, check_url, post
from receiver import Receiver, receiving

pytestmark = pytest.mark.unit

SetOption = Callable[[str, str], None]


@pytest.fixture
def allowed(set_option: SetOption) -> None:
    set_option("PURVEYOR_ALLOW_PRIVATE_ADDRESSES", "yes")


@pytest.fixture(autouse=True)
def _a_pool_of_its_own() -> Iterator[None]:
    http.close()
    yield
    http.close()


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "127.9.9.9", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "169.254.169.254"),
        *("0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "168.63.129.16"),
        *("[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[fe80::1]", "[fc00::1]", "[fd00:ec2::254]"),
        *("[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[::7f00:1]", "[ff02::1]", "[fec0::1]"),
    ],
)
def test_addresses_inside_are_refused(host: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(f"https://{host}/hook")


@pytest.mark.parametrize("host", ["169.254.169.254", "[fe80::1]", "[::ffff:169.254.169.254]", "0.0.0.0", "224.0.0.1"])
@pytest.mark.usefixtures("allowed")
def test_the_neighbourhood_is_refused_even_to_who_allows_private_addresses(host: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(f"http://{host}/hook")


@pytest.mark.usefixtures("allowed")
def test_private_addresses_and_plain_http_are_an_option() -> None:
    assert check_url(" http://10.1.2.3:8080/hook ") == "http://10.1.2.3:8080/hook"


@pytest.mark.parametrize("host", ["8.8.8.8", "[2606:4700::1111]", "hub.example.com"])
def test_open_addresses_are_taken(host: str) -> None:
    assert check_url(f"https://{host}/hook?key=1") == f"https://{host}/hook?key=1"


@pytest.mark.parametrize(
    "url",
    [
        *("", "hub.example.com", "ftp://hub.example.com", "https://", "https://user@hub.example.com/"),
        *("https://user:word@hub.example.com/", "https://hub.example.com/#part", "https://hub.example.com:0/"),
        *("https://hub.example.com:99999/", "https://hub.example.com/a b", "https://hub.example.com/\r\nx-more: 1"),
        *(
            "https://hub.example.com\\@127.0.0.1/",
            "https://bücher.example/",
            "https://[::1/",
            f"https://a.de/{'x' * 500}",
        ),
    ],
)
def test_what_is_no_clean_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused) as caught:
        check_url(url)
    assert caught.value.problems[0].where == "url"


def test_plain_http_is_refused() -> None:
    with pytest.raises(AddressRefused, match="https"):
        check_url("http://hub.example.com/hook")


def test_the_refusal_names_the_option() -> None:
    with pytest.raises(AddressRefused, match="PURVEYOR_ALLOW_PRIVATE_ADDRESSES"):
        check_url("https://10.0.0.1/")


@given(st.ip_addresses(v=4))
def test_an_address_in_another_ones_clothes_is_judged_alike(address: Any) -> None:
    for clothed in (f"::ffff:{address}", f"64:ff9b::{address}"):
        assert any(map(http.is_private, http.meanings(ip_address(clothed)))) or not http.is_private(address)
        if http.is_private(address):
            with pytest.raises(AddressRefused):
                check_url(f"https://[{clothed}]/")


@pytest.mark.parametrize("host", ["localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1"])
def test_names_are_judged_by_what_they_mean(host: str, set_option: SetOption) -> None:
    url = f"https://{host}/hook"
    assert check_url(url) == url  # nobody looks it up yet
    with pytest.raises(AddressRefused, match="lies inside your network"):
        post(url, b"{}", {})


def test_one_refused_address_among_several_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    places = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, 443)) for ip in ("8.8.8.8", "127.0.0.1")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: places)
    with pytest.raises(AddressRefused):
        post("https://hub.example.com/", b"{}", {})


@pytest.mark.usefixtures("allowed")
def test_the_name_is_looked_up_once_and_the_checked_address_is_used(
    there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rebinding: whoever answers otherwise the second time gets no second question."""
    asked: list[str] = []
    port = int(there.url.rsplit(":", 1)[1].split("/")[0])

    def answer(host: Any, *_args: Any, **_more: Any) -> Any:
        if str(host) == "127.0.0.1":
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1" if len(asked) == 1 else "10.9.9.9", port))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    assert post(f"http://rebound.example.com:{port}/hook", b"{}", {}).status == 200
    assert (asked, there.requests[0].headers["host"]) == (["rebound.example.com"], f"rebound.example.com:{port}")


@pytest.mark.usefixtures("allowed")
def test_post_sends_the_body_and_reads_the_answer(there: Receiver) -> None:
    there.answer = lambda came: (202, {}, b"said " + came.body)
    answer = post(there.url, b'{"a":1}', {"purveyor-event": "x"})
    (came,) = there.requests
    assert (answer.status, answer.body, answer.is_good) == (202, b'said {"a":1}', True)
    assert (came.path, came.headers["content-type"], came.headers["purveyor-event"]) == (
        "/hook",
        "application/json",
        "x",
    )
    assert came.headers["user-agent"].startswith("Purveyor/")


@pytest.mark.usefixtures("allowed")
def test_redirects_are_not_followed(there: Receiver) -> None:
    there.answer = lambda came: (302, {"location": "http://169.254.169.254/"}, b"")
    answer = post(there.url, b"{}", {})
    assert (answer.status, answer.is_good, len(there.requests)) == (302, False, 1)


@pytest.mark.usefixtures("allowed")
def test_of_a_huge_answer_only_the_beginning_is_read(there: Receiver) -> None:
    there.answer = lambda came: (200, {}, b"x" * (LARGEST * 40))
    assert len(post(there.url, b"{}", {}).body) == LARGEST


@pytest.mark.usefixtures("allowed")
def test_a_dripping_answer_ends_with_the_deadline() -> None:
    """Each wait is short, so only a deadline for the whole exchange ends it."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        over = threading.Event()

        def drip() -> None:
            there, _address = server.accept()
            with there:
                there.sendall(b"HTTP/1.1 200 OK\r\n")
                while not over.wait(0.05):
                    try:
                        there.sendall(b"x-more: 1\r\n")
                    except OSError:
                        return

        thread = threading.Thread(target=drip, daemon=True)
        thread.start()
        began = time.monotonic()
        with pytest.raises(Unanswered) as caught:
            post(f"http://127.0.0.1:{server.getsockname()[1]}/", b"{}", {}, timeout=0.4)
        over.set()
        thread.join(5)
    assert (caught.value.cause, time.monotonic() - began < 3) == ("timeout", True)


@pytest.mark.usefixtures("allowed")
def test_why_nothing_came_is_told(there: Receiver) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unanswered) as caught:
        post(f"http://127.0.0.1:{port}/", b"{}", {})
    assert caught.value.cause == "refused"
    with pytest.raises(Unanswered) as caught:
        post(there.url.replace("http:", "https:"), b"{}", {})
    assert caught.value.cause == "tls"


@pytest.mark.usefixtures("allowed")
def test_no_header_carries_another(there: Receiver) -> None:
    with pytest.raises(Unanswered):
        post(there.url, b"{}", {"purveyor-event": "x\r\nx-more: 1"})
    assert there.requests == []


@pytest.mark.django_db
def test_nothing_is_sent_inside_a_transaction() -> None:
    from django.db import transaction

    with pytest.raises(RuntimeError, match="commit first"), transaction.atomic():
        post("https://hub.example.com/", b"{}", {})


def test_kept_connections_are_used_again(there: Receiver, allowed: None) -> None:
    ports: set[str] = set()
    there.answer = lambda came: (ports.add(came.headers.get("x-number", "")) or 200, {}, b"")  # type: ignore[func-returns-value]  # adding answers nothing, which is the point
    for number in range(3):
        assert post(there.url, b"{}", {"x-number": str(number)}).status == 200
    assert (ports, len(http.pool().connections)) == ({"0", "1", "2"}, 1)


def test_all_threads_share_one_pool() -> None:
    found: set[int] = set()
    go = threading.Barrier(8)

    def ask() -> None:
        go.wait()
        found.add(id(http.pool()))

    threads = [threading.Thread(target=ask) for _n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1
