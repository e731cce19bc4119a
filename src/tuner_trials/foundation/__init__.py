"""What every room stands on: errors, paths, files, versions and seeds."""
