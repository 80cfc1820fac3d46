"""What the first steps try and set up, with the settings of this start: see `tui.setup`.

What a person chose counts for every session that this cockpit opens, whether it could be kept or not.
"""

import asyncio
import os
from typing import TYPE_CHECKING

import msgspec

from golfer_tui.cli.attach import remote_opener
from golfer_tui.cli.resuming import session_settings
from golfer_tui.model.errors import UsageError
from golfer_tui.model.secret import Secret
from golfer_tui.model.settings import OFFICIAL, Settings
from golfer_tui.tui.setup import Choice, Offer

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from golfer_tui.attach.session import OpenSession
    from golfer_tui.model.commands import SetLimits
    from golfer_tui.tui.holding import OpenEngine


class SettingUp:
    """A `tui.setup.Setup`."""

    def __init__(
        self, settings: Settings, session: str | None, limits: "SetLimits | None", *, ready: bool = False
    ) -> None:
        """`ready`: the settings name a model that can be asked, or the session runs already."""
        self.ready = ready
        self._settings = settings
        self._session = session
        self._limits = limits
        self._choice: Choice | None = None

    @property
    def address(self) -> str:
        return self._settings.model.base_url or os.environ.get("OPENAI_BASE_URL", "")

    @property
    def model(self) -> str:
        return self._settings.model.name

    def find(self) -> "OpenEngine | None":
        from golfer_tui import config
        from golfer_tui.config.credentials import key_for

        key = key_for(self._settings, os.environ)
        self.ready = config.model_problem(self._settings, os.environ, key) is None
        return self.opener() if self.ready else None

    async def keyring(self) -> str:
        from golfer_tui.config.credentials import keyring_name

        return await asyncio.to_thread(keyring_name)

    async def offered(self, server: str, key: Secret | None) -> Offer:
        from golfer_tui.config.servers import offered, spoken

        models = await asyncio.to_thread(offered, server or OFFICIAL, key)
        return Offer(models, await asyncio.to_thread(spoken, server, key) if server else "responses")

    async def modal(self) -> str:
        from golfer_tui.sandboxes.modal.checking import check

        await check()
        return "Modal takes the token of this machine."

    async def choose(self, choice: Choice, *, keep: bool) -> list[str]:
        self._choice = choice
        return await asyncio.to_thread(_kept, choice, self.address) if keep else []

    def opener(self) -> "OpenEngine":
        return self._opener(self._settings, self._session, self._limits)

    def reopen(self, lost: str) -> "OpenEngine":
        """What opens the session again that was open here."""
        # Without a model it was the demo, or the one that was chosen.
        return remote_opener(self._settings, lost) if self.ready and self._choice is None else self.open_other(lost)

    def open_new(self) -> "OpenEngine":
        return self._opener(msgspec.structs.replace(self._settings, demo=False), None, None)

    def open_other(self, session: str) -> "OpenEngine":
        """What opens a stored session as it was, whatever the flags of this start were."""

        def opened() -> "AbstractAsyncContextManager[OpenSession]":
            settings, found, limits = session_settings(session, None, None, None, {})
            return self._opener(settings, found, limits)()

        return opened

    def _opener(self, settings: Settings, session: str | None, limits: "SetLimits | None") -> "OpenEngine":
        choice = self._choice
        if choice is None or settings.demo:
            return remote_opener(settings, session, limits)
        model = msgspec.structs.replace(
            settings.model,
            base_url=choice.server or OFFICIAL,
            name=choice.model,
            api=choice.api,
        )
        backend = "modal" if choice.modal and session is None else settings.backend
        return remote_opener(
            msgspec.structs.replace(settings, model=model, backend=backend), session, limits, key=choice.key
        )


def _kept(choice: Choice, before: str) -> list[str]:
    """Keep it: the key in the keyring, all else in the person's settings. Returns what did not work.

    `before` is the server that was named until now.
    """
    from pathlib import Path

    from golfer_tui import config
    from golfer_tui.config.credentials import keep
    from golfer_tui.config.remembering import remember

    told = []
    if choice.key is not None:
        try:
            keep(choice.server or OFFICIAL, choice.key)
        except UsageError as error:
            told.append(f"{error.message} It is used until you leave. {error.hint}")
    values = {"model.base_url": choice.server or (OFFICIAL if before else ""), "model.name": choice.model}
    if choice.api == "chat":
        values["model.api"] = "chat"
    if given := {name: value for name, value in values.items() if value}:
        try:
            remember(config.files(Path.cwd(), os.environ)[1], given)
        except UsageError as error:
            told.append(str(error))
    return told
