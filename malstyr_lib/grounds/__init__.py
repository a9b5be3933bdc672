"""The grounds that anything is said on: what a user names, found in a snapshot, as evidence."""
