"""The page and what feeds it."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

import requests

from tests.simulator.process import Simulator

NUMBERS = [f"+2547123456{n:02d}" for n in range(10)]


def phones(client, query=""):
    return json.loads(client.call("GET", f"/admin/phones?{query}").content)


def test_the_page_needs_nothing_from_elsewhere(client):
    response = client.call("GET", "/")
    page = response.content.decode()
    assert response.status == 200
    assert response.getheader("Content-Type") == "text/html; charset=utf-8"
    assert "default-src 'none'" in response.getheader("Content-Security-Policy")
    assert not re.search(r"""(src|href)=["']?(https?:)?//|@import|url\(""", page)
    assert "innerHTML" not in page


def test_phones_with_the_newest_message_first(client, admin):
    for number in (*NUMBERS, NUMBERS[2]):
        client.send(number, f"to {number}")
    admin.incoming(NUMBERS[5], "22334", "Asante")
    admin.optout(NUMBERS[2], "AFRICASTKNG")
    given = phones(client, "limit=3")
    assert given["total"] == 10
    shown = [phone["number"] for phone in given["phones"]]
    assert shown == [NUMBERS[5], NUMBERS[2], NUMBERS[9]]
    five, two, _ = given["phones"]
    assert [bubble["text"] for bubble in five["bubbles"]] == [
        f"to {NUMBERS[5]}",
        "Asante",
    ]
    assert (two["count"], two["opted_out"]) == (2, ["AFRICASTKNG"])
    assert two["bubbles"][0]["status"] == "Accepted"


def test_a_phone_is_found_by_its_number(client):
    client.send(",".join(NUMBERS))
    found = phones(client, "search=712345607")["phones"]
    assert [phone["number"] for phone in found] == [NUMBERS[7]]


def test_events_tell_each_change(client, simulator, admin):
    events = requests.get(f"{simulator.url}/events", stream=True, timeout=5)
    lines = (line for line in events.iter_lines() if line.startswith(b"data: "))
    assert json.loads(next(lines)[6:])["accepted"] == 0
    client.send(",".join(NUMBERS))
    assert json.loads(next(lines)[6:])["accepted"] == 10
    admin.fault("http_500")
    assert json.loads(next(lines)[6:])["faults"][0]["kind"] == "http_500"
    events.close()


def test_it_stops_at_once_while_somebody_watches_and_somebody_hangs(eventually):
    with Simulator() as simulator, ThreadPoolExecutor() as pool:
        events = requests.get(f"{simulator.url}/events", stream=True, timeout=5)
        simulator.admin.fault("hang_after", times=None)
        hung = pool.submit(requests.get, f"{simulator.url}/version1/user", timeout=5)
        eventually(lambda: simulator.admin.summary()["in_flight"] == 1)
        process, began = simulator.process, time.monotonic()
        simulator.stop()
        assert process.returncode == 0
        assert time.monotonic() - began < 1
        assert isinstance(hung.exception(), requests.ConnectionError)
        events.close()
