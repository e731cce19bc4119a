"""Python files that the user brings: run them, find what they read, explain why they fail."""
