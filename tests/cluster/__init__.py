"""Run on a real SLURM, on this one machine, and take its jobs, nodes and controller away.

Every test trains real nets through profiles/slurm, in a copy of the project. Needs root, and what
`apt-get install slurm-wlm munge` installs.
"""
