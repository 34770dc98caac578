"""What a text takes on the air and costs is told while it is typed."""

from __future__ import annotations

import random
from typing import Any

from playwright.sync_api import Locator, Page, expect

from su_sms.text import segments

from .person import CAMPAIGNS, CONTACTS, MAILINGS, TEMPLATES, Person
from .system import System

FIRST = "The first of all."
EURO = "€" * 75
LINK = "https://example.org/registration?of=the-may-trimester"


def priced(system: System, **values: Any) -> int:
    """Make a gateway that has learnt from an SMS what a part costs; return the id."""
    gateway = system.gateway(**values)
    first = {"number": "+254712000001", "body": FIRST}
    system.wait_until_left(system.messages([first]))
    return gateway


def told(text: str) -> str:
    """Return what the counter says of a text that leaves, by the server's count."""
    size = segments.count(text)
    room = size.per_part * max(size.parts, 1)
    return f"{size.units} of {room} characters, {size.parts} SMS ({size.encoding})"


def expect_while_typing(where: Locator, count: str, price: str) -> None:
    """Expect what the counter says while the text still has the focus."""
    expect(where.locator(".o_sms_count")).to_have_text(count)
    expect(where.locator(".o_sms_price")).to_have_text(price)
    expect(where.locator("textarea")).to_be_focused()


def composer(page: Page, contact: int | None = None) -> Locator:
    """Open a contact's composer, else that of the chosen ones; return the dialog."""
    if contact:
        page.locator("[name=phone]").hover()
        page.get_by_title("Send SMS").click()
    else:
        page.get_by_role("button", name="Actions").click()
        page.get_by_role("menuitem", name="Send SMS").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("textarea").click()
    return dialog


def test_campaign_names_what_costs_and_replaces_it(
    system: System, administrator: Person
):
    system.gateway(sanitise=False)
    page = administrator.open(f"{CAMPAIGNS}/new")
    body = page.locator("[name=body]")
    text, counter = body.locator("textarea"), body.locator(".o_sms_container")
    text.fill("a" * 160)
    # What promotional SMS end with counts as well
    expect(counter).to_contain_text("It ends with: Opt out: http")
    expect(counter).to_contain_text("2 SMS (GSM-7)")
    page.get_by_label("Transactional").check()
    expect(counter).to_contain_text("160 of 160 characters, 1 SMS (GSM-7)")
    text.fill("“Karibu”" + "a" * 63)
    expect(counter).to_contain_text("71 of 134 characters, 2 SMS (UCS-2)")
    expect(counter.locator("kbd")).to_have_text(["“", "”"])
    counter.get_by_role("button", name="Use plain characters").click()
    expect(counter).to_contain_text("71 of 160 characters, 1 SMS (GSM-7)")
    expect(text).to_have_value('"Karibu"' + "a" * 63)
    page.get_by_role("button", name="Discard").click()


def test_composer_of_a_contact(system: System, administrator: Person):
    priced(system, sanitise=False)
    contact = system.contact("Fatuma Abdi", "0733 345 682")
    page = administrator.open(f"{CONTACTS}/{contact}")
    dialog, keyboard = composer(page, contact), page.keyboard
    expect_nothing_yet(dialog)
    # A euro sign is two units of GSM-7; Odoo takes it for Unicode, and this for 2 SMS.
    keyboard.type(EURO)
    expect_while_typing(dialog, told(EURO), "1 SMS in all, about KES 0.80.")
    keyboard.press("Enter")
    # A blank at the end does not leave.
    expect_while_typing(dialog, told(EURO), "1 SMS in all, about KES 0.80.")
    keyboard.type("€€€€€")
    longer = f"{EURO}\n€€€€€"
    expect_while_typing(dialog, told(longer), "2 SMS in all, about KES 1.60.")
    keyboard.type("“”")
    forced = f"{longer}“”"
    expect_while_typing(dialog, told(forced), "2 SMS in all, about KES 1.60.")
    expect(dialog.locator("kbd")).to_have_text(["“", "”"])
    # It fits a phone, too
    page.set_viewport_size({"width": 390, "height": 844})
    expect(dialog.locator(".o_sms_count")).to_be_in_viewport(ratio=1)
    expect(dialog.locator("kbd").last).to_be_in_viewport(ratio=1)
    for _character in forced:
        keyboard.press("Backspace")
    expect_nothing_yet(dialog)
    keyboard.type("“Karibu”")
    dialog.get_by_role("button", name="Use plain characters").click()
    expect(dialog.locator("textarea")).to_have_value('"Karibu"')
    expect(dialog.locator(".o_sms_count")).to_have_text(told('"Karibu"'))


def expect_nothing_yet(where: Locator) -> None:
    """Expect a counter without a text."""
    expect(where.locator(".o_sms_count")).to_have_text(told(""))
    expect(where.locator(".o_sms_price")).to_have_count(0)


def test_composer_of_several_contacts(system: System, administrator: Person):
    gateway = priced(system)
    for number, name in enumerate(("Amina", "Baraka", "Chebet")):
        system.contact(f"Counted {name}", f"0712 345 68{number}")
    system.contact("Counted Daudi", "call me")
    page = administrator.open(CONTACTS)
    page.get_by_role("button", name="List View").click()
    # which has a search box of its own
    expect(page.locator(".o_list_view")).to_be_visible()
    administrator.search("Counted")
    expect(page.locator(".o_data_row")).to_have_count(4)
    page.locator("thead .o_list_record_selector input").check()
    dialog = composer(page)
    # Quotes leave as plain ones here, and count as such.
    page.keyboard.type("“Karibu”")
    expect_while_typing(dialog, told('"Karibu"'), "3 SMS in all, about KES 2.40.")
    expect(dialog).to_contain_text("Typographic quotes, dashes and the like")
    page.keyboard.type("a" * 153)
    expect_while_typing(
        dialog, told('"Karibu"' + "a" * 153), "6 SMS in all, about KES 4.80."
    )
    dialog.get_by_role("button", name="Put in queue").click()
    expect(dialog).to_be_hidden()
    assert parts_sent(system, gateway) == [2, 2, 2]


def test_mailing_of_sms_marketing(system: System, administrator: Person):
    gateway = priced(system)
    person = system.contact("Esther Wanjiru", "0110 123 456")
    values = {
        "subject": "Registration",
        "mailing_type": "sms",
        "body_plaintext": "?",
        "mailing_model_id": system.ref("base.model_res_partner"),
        "mailing_domain": repr([("id", "=", person)]),
        "sms_allow_unsubscribe": True,
    }
    [mailing] = system.admin.call("mailing.mailing", "create", [values])
    page = administrator.open(f"{MAILINGS}/{mailing}")
    body = page.locator("[name=body_plaintext]")
    body.locator("textarea").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Karibu!")
    ending = body.locator("q").inner_text()
    assert ending.startswith("Opt out: http")
    expect_while_typing(
        body, told(f"Karibu!\n{ending}"), "1 SMS in all, about KES 0.80."
    )
    # As long as a part without what it ends with
    page.keyboard.type("a" * 153)
    text = "Karibu!" + "a" * 153
    expect_while_typing(
        body, told(f"{text}\n{ending}"), "2 SMS in all, about KES 1.60."
    )
    page.keyboard.type(f" {LINK}")
    expect(body.locator(".o_sms_count")).to_contain_text("(including link trackers)")
    administrator.save()
    system.admin.call("mailing.mailing", "action_send_sms", [mailing])
    [parts] = parts_sent(system, gateway)
    expect(body.locator(".o_sms_count")).to_contain_text(f"{parts} SMS")


def test_template_of_sms(system: System, administrator: Person):
    system.gateway(sanitise=False)
    page = administrator.open(f"{TEMPLATES}/new")
    body = page.locator("[name=body]")
    body.locator("textarea").click()
    page.keyboard.type("“{{ object.name }}")
    expect(body.locator(".o_sms_count")).to_have_text(told("“{{ object.name }}"))
    expect(body.locator("kbd")).to_have_text(["“"])
    expect(body).to_contain_text("before placeholders are filled in")
    expect(body.locator(".o_sms_price")).to_have_count(0)
    page.get_by_role("button", name="Discard").click()


def parts_sent(system: System, gateway: int) -> list[int]:
    """Return the parts of a gateway's later messages that left, once all are done."""
    mine = [("gateway_id", "=", gateway), ("body", "!=", FIRST)]
    system.wait_until_left(system.admin.call("sms.sms", "search", mine))
    messages = system.admin.call("sms.sms", "search_read", mine, ["parts"])
    return [message["parts"] for message in messages if message["parts"]]


def test_counter_in_the_browser_is_the_servers(administrator: Person):
    rng = random.Random(1)
    alphabet = "abn°№ \n\r\t€{^é“”—…ﬁ☺🎓\u200d\u00a0\u0085\x00é´كي"
    texts = ["".join(rng.choices(alphabet, k=n)) for n in range(0, 400, 3)]
    texts += ["a" * 160, "a" * 161, "a" * 152 + "€" * 3, "☺" * 70, "a" * 66 + "🎓" * 9]
    counted = administrator.be_in_odoo().evaluate(
        """texts => {
            const { clean, count, forcing, plain } =
                odoo.loader.modules.get("@su_sms/text/segments");
            return texts.map(clean).map(text => {
                const { encoding, units, parts } = count(text);
                return [text, plain(text), forcing(text), encoding, units, parts];
            });
        }""",
        texts,
    )
    for text, found in zip(texts, counted, strict=True):
        text = segments.clean(text)
        size = segments.count(text)
        assert found == [
            text,
            segments.sanitise(text),
            list(segments.why_ucs2(text)),
            size.encoding,
            size.units,
            size.parts,
        ]
