"""What a test run inside Odoo gave is read from its log, whole."""

from dev.testing import odoo_log

HEAD = "2026-01-02 03:04:{:02d},000 77 {} test_1 odoo.addons.{}: {}"


def log(*records: tuple[str, str, str]) -> list[str]:
    return [
        HEAD.format(second, level, logger, text) + " \n"
        for second, (level, logger, text) in enumerate(records)
    ]


def started(test: str, module: str = "sms.tests.test_a") -> tuple[str, str, str]:
    return "INFO", module, f"Starting {test} ..."


def summary(failed: int, errors: int, count: int) -> tuple[str, str, str]:
    text = f"{failed} failed, {errors} error(s) of {count} tests when loading database"
    return "ERROR" if failed or errors else "INFO", "x", text


def test_passed_failed_and_skipped_are_counted_by_test():
    results, errors = odoo_log.read(
        log(
            started("TestA.test_good"),
            started("TestA.test_bad"),
            ("ERROR", "sms.tests.test_a", "FAIL: TestA.test_bad"),
            started("TestA.test_ugly"),
            ("ERROR", "sms.tests.test_a", "ERROR: TestA.test_ugly"),
            started("TestA.test_not_here"),
            ("INFO", "sms.tests.test_a", "skipped TestA.test_not_here : no browser"),
            summary(1, 1, 4),
        )
    )
    assert results.passed == 1
    assert results.failed == [
        "sms.tests.test_a: TestA.test_bad",
        "sms.tests.test_a: TestA.test_ugly",
    ]
    assert results.skipped == {"sms.tests.test_a: TestA.test_not_here": "no browser"}
    assert errors == []


def test_failed_subtests_are_one_failed_test():
    failed = "FAIL: Subtest TestA.test_rows (login='{}')"
    results, _ = odoo_log.read(
        log(
            started("TestA.test_rows"),
            ("ERROR", "sms.tests.test_a", failed.format("a")),
            ("ERROR", "sms.tests.test_a", failed.format("b")),
            summary(2, 0, 1),
        )
    )
    assert results.failed == ["sms.tests.test_a: TestA.test_rows"]
    assert results.passed == 0


def test_a_class_that_cannot_be_set_up_fails():
    error = "ERROR: setUpClass (odoo.addons.sms.tests.test_a.TestA)"
    results, _ = odoo_log.read(
        log(("ERROR", "sms.tests.test_a", error), summary(0, 1, 0))
    )
    assert results.failed == [
        "sms.tests.test_a: setUpClass (odoo.addons.sms.tests.test_a.TestA)"
    ]
    assert results.passed == 0


def test_an_error_outside_of_tests_is_told():
    _, errors = odoo_log.read(
        log(
            started("TestA.test_good"),
            ("ERROR", "su_sms.models.message.sms_sms", "cannot dispatch"),
            ("WARNING", "su_sms.models.message.sms_sms", "slow"),
            summary(0, 0, 1),
        )
    )
    assert errors == ["su_sms.models.message.sms_sms: cannot dispatch"]


def test_what_odoo_repeats_is_told_once():
    line = (
        "2026-01-02 03:04:05,000 77 ERROR test_1 odoo.modules.loading: "
        "At least one test failed when loading the modules. \n"
    )
    assert odoo_log.read([line])[1] == []


def test_times_run_from_start_to_start():
    results, _ = odoo_log.read(
        log(started("TestA.test_one"), started("TestA.test_two"), summary(0, 0, 2))
    )
    assert results.seconds == {
        "sms.tests.test_a: TestA.test_one": 1.0,
        "sms.tests.test_a: TestA.test_two": 1.0,
    }


def test_a_crash_before_the_summary_passes_nothing():
    results, _ = odoo_log.read(log(started("TestA.test_one")))
    assert results.passed == 0


def test_colours_do_not_hide_anything():
    line = log(started("TestA.test_one"))[0]
    coloured = line.replace("INFO", "\x1b[1;32m\x1b[1;49mINFO\x1b[0m")
    plain = log(summary(0, 0, 1))[0]
    assert odoo_log.read([coloured, plain])[0].passed == 1


def test_the_reason_of_a_failure_is_found():
    lines = log(
        started("TestA.test_bad"),
        ("ERROR", "sms.tests.test_a", "FAIL: TestA.test_bad"),
        ("INFO", "sms.tests.test_a", "======"),
    )
    lines.insert(2, "AssertionError: 1 != 2\n")
    found = odoo_log.excerpt(lines, "sms.tests.test_a: TestA.test_bad")
    assert found[0].endswith("FAIL: TestA.test_bad")
    assert found[1:] == ["AssertionError: 1 != 2"]


def test_the_test_that_begins_is_shown_and_nothing_else():
    place = "2026-01-01 10:00:00,000 7 INFO db odoo.addons.su_sms.tests.test_x:"
    assert odoo_log.started(f"{place} Starting TestX.test_y ... \n") == "TestX.test_y"
    assert odoo_log.started(f"{place} Starting post tests \n") == ""
    assert odoo_log.started("no record\n") == ""
