"""Chapters of the report that only some experiments ask for; `chapters` lists what they add."""
