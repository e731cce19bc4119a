"""From the tables of trials to the tables that the figures and the report show."""
