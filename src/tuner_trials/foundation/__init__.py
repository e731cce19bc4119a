"""What all other subpackages build on: errors, paths, files, versions and seeds."""
