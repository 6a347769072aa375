"""Tests of the tables of devices."""
