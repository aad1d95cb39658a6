"""Where the body's points come from: the networks, what they see, and what a user adds by hand or by stickers."""
