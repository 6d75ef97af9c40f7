"""Tests of the doors through which notices come in."""
