"""The screens: one module each. They show and ask; the engine decides and does."""

from sync.admin import flows, links, notices, pausing, plans, reviews, runs, writes

__all__ = ["flows", "links", "notices", "pausing", "plans", "reviews", "runs", "writes"]
