"""The front ends without a screen: one prompt, or a chat line by line. They send commands and watch events, no more."""
