"""The whole desk as a process of its own, between local platforms and a real database."""
