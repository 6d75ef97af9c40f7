"""How many examples Hypothesis tries: few by default, HYPOTHESIS_PROFILE=thorough for many."""

import os

from hypothesis import HealthCheck, settings

settings.register_profile("quick", max_examples=100, deadline=None)
settings.register_profile(
    "thorough", max_examples=5000, deadline=None, suppress_health_check=list(HealthCheck)
)


def load() -> None:
    """Take the profile that the environment names."""
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
