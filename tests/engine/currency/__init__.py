"""Currencies and tax through the whole app, over HTTP with nothing faked."""
