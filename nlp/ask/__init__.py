"""Staff's questions: text in, a question of the closed grammar out, or what to ask back."""
