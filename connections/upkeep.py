"""What the connections need once a day, used or not."""

from connections import disconnecting, organisations, sign_in


def take_care() -> dict[str, int]:
    """Keep sign-ins alive, read every organisation's facts, forget what was never finished.

    Returns how many of each. For a daily task; a failing connection does not stop the others.
    """
    return {
        "kept_alive": sign_in.keep_alive(),
        "organisations_read": organisations.read_all(),
        "unfinished_forgotten": disconnecting.forget_unfinished(),
    }
