"""Interrupt a run, break it, repeat it elsewhere: the tables stay the same, byte for byte.

Every test runs the real Snakemake and trains real nets, in a copy of the project.
"""
