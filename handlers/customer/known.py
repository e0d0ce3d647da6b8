"""Whether a chat is known to be a customer's of the shop: only then may it change what is theirs."""

from crm_store.conversations import ConversationView


def is_known(conversation: ConversationView) -> bool:
    """Whether the shop's account behind the chat was proven. Somebody who only ever wrote has none."""
    return conversation.customer_external_id is not None
