"""Tests of settings, database, queue, logging and the processes."""
