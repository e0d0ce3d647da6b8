"""What a shop would otherwise run: a bridge that hands each Telegram message to Slack before it answers the webhook.

Nothing is stored: a message is lost when Slack is away, and doubled when the webhook is sent again. It is the least
that any of the published bridges does, on the same two libraries.
"""

import argparse

from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient
from telegram import Bot, Update
from telegram.request import HTTPXRequest


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("port", "telegram", "telegram-token", "slack", "slack-token"):
        parser.add_argument(f"--{name}", required=True)
    asked = parser.parse_args()
    bot = Bot(asked.telegram_token, base_url=asked.telegram, request=HTTPXRequest(connection_pool_size=64))
    slack = AsyncWebClient(asked.slack_token, base_url=asked.slack)
    threads: dict[int, str] = {}

    async def webhook(request: web.Request) -> web.Response:
        message = Update.de_json(await request.json(), bot).message
        if message is not None:
            told = f"{message.chat.first_name}: {message.text}"
            post = await slack.chat_postMessage(channel="#tickets", text=told, thread_ts=threads.get(message.chat_id))
            threads.setdefault(message.chat_id, str(post["ts"]))
        return web.Response()

    async def ready(_: web.Request) -> web.Response:
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/telegram/webhook", webhook), web.get("/readyz", ready)])
    app.on_startup.append(lambda _: bot.initialize())
    web.run_app(app, host="127.0.0.1", port=int(asked.port), print=None)


if __name__ == "__main__":
    main()
