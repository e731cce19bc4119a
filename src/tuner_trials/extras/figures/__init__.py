"""Figures of the chapters that only some experiments ask for."""
