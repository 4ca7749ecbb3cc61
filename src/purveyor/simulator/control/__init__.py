"""Driving the stand-in: a page for people, JSON for programs."""
