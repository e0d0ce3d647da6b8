"""Local HTTP servers that speak the Slack Web API and the Telegram Bot API, for tests and benchmarks."""
