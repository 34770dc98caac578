from . import (
    test_access,
    test_bad_input,
    test_callback,
    test_gateway,
    test_hold,
    test_neutralize,
    test_outcome,
    test_report,
    test_routing,
    test_secret,
    test_test_wizard,
)
