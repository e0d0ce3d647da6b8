"""Local HTTP servers that speak the Slack Web API and the Telegram Bot API, for tests and benchmarks.

    with SlackServer() as slack, TelegramServer() as telegram:
        ...  # start the product with slack.api_url, slack.bot_token, telegram.base_url, telegram.token
        ada = telegram.user(first_name="Ada")
        ada.says("my parcel is wet")
        card = slack.wait_for("my parcel is wet", "#tickets")
        slack.press(card.ts, "Take", "mia")
        ada.wait_for("Mia")

Whatever blocks (`wait_for`, `until`, `Delivery.wait`) has an async twin (`wait_for_async`, `until_async`,
`Delivery.done`) for tests that share their event loop with the product. `python -m tests.wire.slack` and
`python -m tests.wire.telegram` run a server as a process; `tests.wire.control` steers it.
"""
