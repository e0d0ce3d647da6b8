"""What happens when staff write in a thread, press a button or send a form in."""
