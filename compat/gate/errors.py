"""What ends the gate with exit code 2."""


class GateError(Exception):
    """An input that cannot be used; its text is the message for the user."""
