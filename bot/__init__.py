"""The edges: command line, configuration, channels, delivery, the HTTP app and the console page."""
