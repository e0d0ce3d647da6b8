"""What the desk knows: customers, orders, conversations, tickets, and the queues in and out."""
