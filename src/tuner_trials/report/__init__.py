"""From tables and figures to the report: its words, its tables, its page."""
