"""What a person can do something about."""


class Problem(Exception):
    """Say in one line what went wrong and what to do; shown without traceback."""
