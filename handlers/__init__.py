"""What can happen at the desk: one file a feature, each with `gather` and `decide`."""
