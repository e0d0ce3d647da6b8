"""What is posted to staff by the clock, one file a digest."""
