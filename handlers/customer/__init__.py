"""What happens when a customer writes, edits, presses a button or blocks the bot."""
