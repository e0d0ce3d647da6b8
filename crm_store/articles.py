"""Articles that staff made of replies, and whether articles helped those who were answered with them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from crm_store.schema import Article, ArticleVote, ChatMessage
from crm_store.upsert import upsert


@dataclass(frozen=True, slots=True)
class ArticleView:
    """An article that staff made."""

    slug: str
    #: ISO 639-1
    language: str
    title: str
    #: as it was written: `##` begins a part
    text: str
    actor: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Vote:
    """A question that an article answered."""

    slug: str
    language: str
    #: the customer's question
    message_id: int
    #: what the customer said of it; None until they do
    helped: bool | None
    at: datetime


def save(connection: Connection, article: ArticleView) -> None:
    """Keeps an article, in place of the one of its slug and language."""
    values = {name: getattr(article, name) for name in ("slug", "language", "title", "text", "actor", "at")}
    changed = ("title", "text", "actor", "at")
    statement = upsert(
        connection.dialect.name, Article, ["slug", "language"], lambda _, new: {name: new[name] for name in changed}
    )
    connection.execute(statement, [values])


def remove(connection: Connection, slug: str, language: str) -> int:
    """Takes an article away. Returns how many there were."""
    mine = delete(Article).where(Article.slug == slug, Article.language == language)
    return connection.execute(mine).rowcount


def get(connection: Connection, slug: str, language: str) -> ArticleView | None:
    return next((one for one in every(connection) if (one.slug, one.language) == (slug, language)), None)


def every(connection: Connection) -> tuple[ArticleView, ...]:
    """All articles, by language and slug."""
    columns = (Article.slug, Article.language, Article.title, Article.text, Article.actor, Article.at)
    rows = connection.execute(select(*columns).order_by(Article.language, Article.slug))
    return tuple(ArticleView(*row) for row in rows)


def answered(connection: Connection, message_id: int, slug: str, language: str, now: datetime) -> None:
    """A question was answered with an article; whether that helped is asked."""
    values = {"slug": slug, "language": language, "message_id": message_id, "helped": None, "at": now}
    connection.execute(insert(ArticleVote).values(values))


def vote(connection: Connection, message_id: int, helped: bool, now: datetime) -> None:
    """The customer says whether the answer to a question helped; the last word counts."""
    mine = update(ArticleVote).where(ArticleVote.message_id == message_id)
    connection.execute(mine.values(helped=helped, at=now))


def vote_on(connection: Connection, message_id: int) -> Vote | None:
    """The article that a question was answered with."""
    row = connection.execute(select(*_VOTE).where(ArticleVote.message_id == message_id)).first()
    return None if row is None else Vote(*row)


def last_vote(connection: Connection, conversation_id: int, since: datetime) -> Vote | None:
    """The article that a conversation was answered with last, since a time."""
    theirs = (
        select(*_VOTE)
        .join(ChatMessage, ChatMessage.id == ArticleVote.message_id)
        .where(ChatMessage.conversation_id == conversation_id, ChatMessage.created_at > since)
        .order_by(ArticleVote.message_id.desc())
        .limit(1)
    )
    row = connection.execute(theirs).first()
    return None if row is None else Vote(*row)


def join_ticket(connection: Connection, message_id: int, ticket_id: int) -> None:
    """What was said belongs to a ticket that came of it."""
    connection.execute(update(ChatMessage).where(ChatMessage.id == message_id).values(ticket_id=ticket_id))


_VOTE = (ArticleVote.slug, ArticleVote.language, ArticleVote.message_id, ArticleVote.helped, ArticleVote.at)
