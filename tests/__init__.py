"""The promises: dialogues, contracts, units, and the local servers they talk to."""
