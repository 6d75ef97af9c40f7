"""How the same customer is called when somebody enters it once more."""

_OTHERWISE = [
    (" Limited", " Ltd"), (" Ltd", " Limited"), (" plc", " PLC"), (" LLP", ""), (" & ", " and "),
    (" and ", " & "), ("GmbH", "Gesellschaft mbH"),
]  # fmt: skip


def twin_of(name: str) -> str:
    """The name in another spelling, never the same one."""
    for usual, other in _OTHERWISE:
        if usual in name:
            return name.replace(usual, other, 1)
    return f"{name} Ltd" if " " not in name or len(name) > 20 else f"The {name}"
