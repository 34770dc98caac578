"""Run the tests, and tell how they went."""
