"""Tests of the mapping rows and their screens."""
