"""A real firewall that inspects TLS (mitmproxy) between us and the simulator."""

import logging
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from su_sms.africastalking.client import Account, Chunk, Client
from su_sms.africastalking.probe import walk
from su_sms.africastalking.trust import Trust
from tests.simulator.process import Simulator, free_port

CHUNK = Chunk(["+254711000111"], "Hello")
START_TIMEOUT = 30


@pytest.fixture(scope="module")
def firewall(tmp_path_factory):
    """mitmproxy as a proxy that is asked and as one that sits unseen on the line."""
    beside = Path(sys.executable).with_name("mitmdump")
    program = beside if beside.exists() else shutil.which("mitmdump")
    if program is None:
        pytest.skip("mitmproxy is not installed: pip install mitmproxy")
    folder = tmp_path_factory.mktemp("mitmproxy")
    asked, unseen = free_port(), free_port()
    with Simulator(https=True) as simulator:
        command = [str(program), "--quiet", "--set", f"confdir={folder}"]
        command += ["--set", f"ssl_verify_upstream_trusted_ca={simulator.ca_file}"]
        command += ["--listen-host", "127.0.0.1", "--mode", f"regular@{asked}"]
        command += ["--mode", f"reverse:{simulator.https_url}@{unseen}"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        try:
            for port in (asked, unseen):
                wait_for(port, process)
            yield SimpleNamespace(
                simulator=simulator,
                ca=(folder / "mitmproxy-ca-cert.pem").read_text(),
                lines={
                    "unseen": {"base_url": f"https://127.0.0.1:{unseen}"},
                    "proxy": {
                        "base_url": simulator.https_url,
                        "proxy": f"http://127.0.0.1:{asked}",
                    },
                },
            )
        finally:
            process.terminate()
            process.wait(10)


def wait_for(port, process):
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            assert process.poll() is None, "mitmproxy did not start"
            assert time.monotonic() < deadline, "mitmproxy does not listen"


@pytest.fixture(params=["unseen", "proxy"])
def account(request, firewall):
    firewall.simulator.admin.reset()

    def make(trust):
        line = firewall.lines[request.param]
        return Account("sandbox", firewall.simulator.api_key, trust=trust, **line)

    return make


def test_verify_refuses_it_and_the_probe_names_it(account, firewall):
    with Client(account(Trust())) as client:
        [outcome] = client.send(CHUNK)
    assert (outcome.state, outcome.reason) == ("not_sent", "tls")
    assert firewall.simulator.admin.summary()["accepted"] == 0
    *before, step = walk(account(Trust()))
    assert [(s.name, s.ok) for s in before] == [("resolve", True), ("connect", True)]
    assert (step.name, step.ok) == ("handshake", False)
    assert "mitmproxy" in step.certificate.issuer
    assert "mitmproxy" in step.text
    # The walk took nothing but handshakes to the firewall.
    assert firewall.simulator.admin.summary()["requests"] == 0


def test_its_ca_makes_it_trusted(account, firewall):
    trust = Trust("ca", firewall.ca)
    assert all(step.ok for step in walk(account(trust)))
    with Client(account(trust)) as client:
        [outcome] = client.send(CHUNK)
        assert client.balance().currency
    assert outcome.state == "accepted"
    assert firewall.simulator.admin.summary()["accepted"] == 1


def test_relaxed_accepts_it_and_logs_it(account, firewall, caplog):
    with Client(account(Trust("relaxed"))) as client:
        [outcome] = client.send(CHUNK)
    assert outcome.state == "accepted"
    [warning] = [r for r in caplog.records if r.levelno == logging.WARNING]
    assert "certificate not verified" in warning.getMessage()
    *_before, step = walk(account(Trust("relaxed")))
    assert step.ok
    assert not step.certificate.verified
    assert "mitmproxy" in step.certificate.issuer


def test_a_proxy_that_does_not_answer(firewall):
    line = firewall.lines["proxy"] | {"proxy": f"http://127.0.0.1:{free_port()}"}
    account = Account("sandbox", firewall.simulator.api_key, attempts=1, **line)
    with Client(account) as client:
        [outcome] = client.send(CHUNK)
    assert (outcome.state, outcome.reason) == ("not_sent", "down")


def test_plain_http_goes_through_the_proxy_too(firewall):
    firewall.simulator.admin.reset()
    line = firewall.lines["proxy"] | {"base_url": firewall.simulator.url}
    account = Account("sandbox", firewall.simulator.api_key, **line)
    with Client(account) as client:
        outcomes = client.send(CHUNK) + client.send(CHUNK)
    assert [outcome.state for outcome in outcomes] == ["accepted"] * 2
