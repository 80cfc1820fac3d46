"""Attaching: an engine in a process of its own, and front ends that come and go.

`service` is that process. It opens the engine and hosts it (`host`) on a socket in the session's folder. `launch`
starts it, or finds the one that runs, and gives the front end a `RemoteEngine` (`remote`), which looks like the engine
itself: both are an `OpenSession` (`session`). So the screen never waits for the engine, and the session outlives it.

To add something that front ends can ask of an engine:

- A wish of a person is a new command of `model/commands.py`, and something new to be told an event or a signal of
  `model/`: all three travel as they are, with nothing to add here.
- A question is an `async` method: write it into `OpenSession` with types, into `Engine`, and as one line into
  `RemoteEngine` (`return await self._call("name", argument=argument)`). The host takes names and types of arguments and
  answers from `OpenSession`, so they are checked on both ends.
- A value that is to be there without a question, such as `used`, goes into `messages.Figures`.
"""
