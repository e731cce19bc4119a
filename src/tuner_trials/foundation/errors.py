"""Mistakes that the user can put right."""


class UserError(Exception):
    """What went wrong is not this program's fault; the text says it to the user, who needs no more.

    `tuner_trials.workflow.job_log.job_log` ends a job with this text, and without a traceback.
    """


class DatasetError(UserError):
    """A dataset that cannot be had, or cannot be used."""
