"""Tests of the steps that touch the world."""
