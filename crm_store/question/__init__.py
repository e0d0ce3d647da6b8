"""Questions about the shop's data: values of a closed grammar, said back in words, answered by one statement."""
