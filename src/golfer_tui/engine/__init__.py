"""The engine: it puts the rooms below together, owns the task group, takes commands and publishes events.

A front end has no other door than this one: `Engine.open`, `dispatch`, `subscribe`, `state` and the tapes.
"""
