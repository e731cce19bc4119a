"""The workflow's own parts: logs, progress, SLURM, and where results lie."""

# Jobs, also those on other machines, read the command that was typed from this variable, for the
# provenance alone: as a parameter, Snakemake would take every other command line for a change.
COMMAND_VARIABLE = "TUNER_TRIALS_COMMAND"
