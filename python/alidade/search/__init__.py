"""Searches for devices: many that might be, estimated on a set of models, and those that nobody beats."""
