"""Errors that the user can correct."""


class UserError(Exception):
    """An error that is not a bug of this package; its message is all that the user needs.

    `tuner_trials.workflow.job_log.job_log` ends a job with this message, without a traceback.
    """


class DatasetError(UserError):
    """A dataset that cannot be obtained or used."""
